import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { pages, withPager } from './pages.js';
import {
  albTarget,
  cname,
  herokuTarget,
  member,
  operator,
  policyOf,
  policyText,
  value,
  World,
  www,
} from './world.js';

const marker = `_shift.${www}`;

/** The record sets that stand at a name now, in the form `write` takes. */
function recordsAt(world: World, name: string): object[] {
  return (world.zones.records(world.zoneId) ?? []).filter((record) => record.name === name);
}

function remove(world: World, name: string): { action: string; record: object }[] {
  return recordsAt(world, name).map((record) => ({ action: 'DELETE', record }));
}

function create(...records: object[]): { action: string; record: object }[] {
  return records.map((record) => ({ action: 'CREATE', record }));
}

function txt(text: string): object {
  return { name: marker, type: 'TXT', ttl: 2, values: [`"${text}"`] };
}

function markerText(world: World): string {
  return (world.standing(marker)[0] ?? '')
    .replace(/^TXT "/, '')
    .replace(/" \d+$/, '')
    .replaceAll('" "', '');
}

interface Edit {
  readonly name: string;
  readonly edit: (world: World) => void;
  readonly phase: object;
  /** What the one page must name; null where nobody is woken, because a person did it and users are safe. */
  readonly page: string | null;
}

/** @param called what happened, as the reason names it; @param difference one line of the diff that the page shows */
function drift(called: string, difference: string): Pick<Edit, 'phase' | 'page'> {
  const differences = expect.arrayContaining([expect.stringContaining(difference)]) as unknown;
  const because = `somebody changed the zone: ${called}`;
  return { phase: { phase: 'halted', cause: 'drift', because, differences }, page: difference };
}

const byHand: Pick<Edit, 'phase' | 'page'> = { phase: { phase: 'rolled-back', by: 'person' }, page: null };

/** What a colleague, a file or another controller does while 25% is observed, and what it means. */
const edits: Edit[] = [
  {
    name: 'fault 11: drain.json: the weights are 100/0 under our marker',
    edit: (world) =>
      world.write(
        ['source', 'target'].map((side) => ({
          action: 'UPSERT',
          record: member(side as 'source', side === 'source' ? 100 : 0),
        })),
      ),
    ...byHand,
  },
  {
    name: 'fault 11: a plain CNAME to the source by hand',
    edit: (world) => world.write([...remove(world, www), ...create(cname(www, herokuTarget, 300))]),
    ...byHand,
  },
  {
    name: 'a rollback of this migration that the journal does not know',
    edit: (world) =>
      world.write([
        ...remove(world, www),
        ...remove(world, marker),
        ...create(
          cname(www, herokuTarget, 2),
          txt(
            markerText(world)
              .replace('state=live', 'state=ended')
              .replace(/intent=\S+/, 'intent=nostate000000000')
              .replace(/gen=\d+/, 'gen=9'),
          ),
        ),
      ]),
    ...byHand,
  },
  {
    name: 'fault 10: weights moved forward by hand',
    edit: (world) => world.write([{ action: 'UPSERT', record: member('target', 80) }]),
    ...drift(
      "the target's share of www.example.com was set from 25 % to 52 %",
      '+ CNAME shift-target weight 80',
    ),
  },
  {
    name: 'weights moved back, but not to nothing',
    edit: (world) => world.write([{ action: 'UPSERT', record: member('source', 95) }]),
    ...drift(
      "the target's share of www.example.com was set from 25 % to 21 %",
      '+ CNAME shift-source weight 95',
    ),
  },
  {
    name: 'fault 12: a third member',
    edit: (world) => world.write(create({ ...member('target', 5), setIdentifier: 'somebody-else' })),
    ...drift(
      `another record stands beside ours at www.example.com, CNAME somebody-else weight 5 -> ${albTarget} (ttl 2s)`,
      '+ CNAME somebody-else weight 5',
    ),
  },
  {
    name: 'another TTL',
    edit: (world) =>
      world.write([...remove(world, www), ...create(member('source', 75, 300), member('target', 25, 300))]),
    ...drift('the TTL of www.example.com was set from 2 s to 300 s', '(ttl 300s)'),
  },
  {
    name: 'fault 9: a member deleted',
    edit: (world) => world.write(remove(world, www).slice(1)),
    ...drift('the target member of www.example.com was deleted', '- CNAME shift-target'),
  },
  {
    name: 'fault 13: the type changed',
    edit: (world) =>
      world.write([
        ...remove(world, www),
        ...create({ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] }),
      ]),
    ...drift(
      'the weighted pair of www.example.com was replaced by A -> 192.0.2.1 (ttl 60s)',
      '+ A -> 192.0.2.1',
    ),
  },
  {
    name: 'fault 13: one plain record in place of the pair',
    edit: (world) =>
      world.write([...remove(world, www), ...create(cname(www, 'elsewhere.example.net.', 60))]),
    ...drift(
      'the weighted pair of www.example.com was replaced by CNAME -> elsewhere.example.net. (ttl 60s)',
      '+ CNAME -> elsewhere.example.net.',
    ),
  },
  {
    name: 'fault 13: an alias in place of the pair',
    edit: (world) => {
      const alias = { hostedZoneId: 'Z32O12XQLNTSW2', dnsName: albTarget, evaluateTargetHealth: false };
      world.write([...remove(world, www), ...create({ name: www, type: 'A', alias })]);
    },
    ...drift(`the weighted pair of www.example.com was replaced by A -> alias ${albTarget}`, '+ A -> alias'),
  },
  {
    name: 'fault 9: everything deleted',
    edit: (world) => world.write(remove(world, www)),
    ...drift('every record of www.example.com was deleted', '- CNAME shift-source'),
  },
  {
    name: 'fault 9: the marker deleted',
    edit: (world) => world.write(remove(world, marker)),
    ...drift('the marker of www.example.com was deleted', 'marker of www.example.com: - TXT'),
  },
  {
    name: 'the marker changed into something that is none',
    edit: (world) => world.write([...remove(world, marker), ...create(txt('v=spf1 -all'))]),
    ...drift('the marker of www.example.com was changed', 'v=spf1 -all'),
  },
  {
    name: 'a second text beside the marker',
    edit: (world) => {
      const [found] = recordsAt(world, marker) as { values: string[] }[];
      world.write([{ action: 'UPSERT', record: { ...found, values: [...found!.values, '"x"'] } }]);
    },
    ...drift('the marker of www.example.com was changed', 'marker of www.example.com: +'),
  },
  {
    name: "another migration's marker",
    edit: (world) =>
      world.write([
        ...remove(world, marker),
        ...create(txt(markerText(world).replace(/ id=\S+/, ' id=other-1'))),
      ]),
    phase: { phase: 'halted', cause: 'fenced', because: expect.stringContaining('other-1') as unknown },
    page: 'the marker names migration other-1',
  },
  {
    name: 'the live marker of a clone of this controller',
    edit: (world) =>
      world.write([
        ...remove(world, marker),
        ...create(
          txt(
            markerText(world)
              .replace(/intent=\S+/, 'intent=clone00000000000')
              .replace(/gen=\d+/, 'gen=9'),
          ),
        ),
      ]),
    phase: { phase: 'halted', cause: 'fenced' },
    page: 'another controller writes here',
  },
];

describe('a zone that is not as the last receipt says', () => {
  test.each(edits)('$name', async ({ edit, phase, page }) => {
    const world = new World();
    const id = await world.startedAt(25, { policy: policyOf(policyText + withPager) });
    const sent = world.requests.length;
    edit(world);
    const found = [world.standing(www), world.standing(marker)];
    const state = await world.runUntil(id, () => false, 40).catch(() => world.state(id));
    expect(state.phase).toMatchObject(phase);
    expect(world.requests).toHaveLength(sent);
    expect([world.standing(www), world.standing(marker)]).toEqual(found);
    const named: unknown[] = page === null ? [] : [expect.stringContaining(page)];
    expect(pages(world)).toEqual(named);
  });

  test('fault 10: the page says first what users get by now', async () => {
    const world = new World();
    const id = await world.startedAt(25, { policy: policyOf(policyText + withPager) });
    world.write([{ action: 'UPSERT', record: member('target', 80) }]);
    await world.runUntil(id, () => false, 40).catch(() => null);
    expect(pages(world)).toEqual([
      expect.stringMatching(
        /^halted: www\.example\.com: halted \(drift\), the target gets 52 % instead of 25 %; somebody changed/,
      ),
    ]);
  });

  test('fault 13: the type changed between reading and writing: Route 53 refuses the whole step', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const [sent, made] = [world.requests.length, world.batches.length];
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before') return;
      world.onCall = () => undefined;
      world.write([
        ...remove(world, www),
        ...create({ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] }),
      ]);
    };
    const state = await world.runUntil(id, ({ phase }) => phase.phase === 'halted');
    expect(state).toMatchObject({ share: 10, phase: { cause: 'drift' } });
    expect([world.requests.length, world.batches.length]).toEqual([sent + 1, made]);
    expect(world.standing(www)).toEqual(['A 192.0.2.1 60']);
  });

  test('fault 9: what was deleted is made again by a person who restores it, and by nobody else', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write(remove(world, www));
    await world.ticks(id, 20);
    expect(world.standing(www)).toEqual([]);
    const proposal = value(await world.migrations.propose(id, 'restore'));
    expect(proposal.differences.join()).toContain(`+ CNAME -> ${herokuTarget}`);
    expect(world.standing(www)).toEqual([]);
    value(await world.migrations.carryOut(proposal, operator));
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });

  test('fault 10: weights that a person moved stand until a person adopts what was shown', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.write([member('source', 70), member('target', 30)].map((record) => ({ action: 'UPSERT', record })));
    const sent = world.requests.length;
    await world.ticks(id, 20);
    const proposal = value(await world.migrations.propose(id, 'adopt'));
    expect(proposal.differences).toContainEqual(expect.stringContaining('- CNAME shift-target weight 30'));
    expect(world.requests).toHaveLength(sent);
    expect(world.standing(www)).toContain(`CNAME shift-target 30 ${albTarget} 2`);
    const adopted = value(await world.migrations.carryOut(proposal, operator));
    expect(adopted).toMatchObject({ share: 25, phase: { phase: 'settling' } });
    expect(world.standing(www)).toContain(`CNAME shift-target 25 ${albTarget} 2`);
  });

  test('is restored to an earlier write, records and marker: nobody advances from there', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const [records, text] = [recordsAt(world, www), recordsAt(world, marker)];
    await world.runUntil(id, (state) => state.phase.phase === 'observing' && state.share === 25);
    world.write([...remove(world, www), ...remove(world, marker), ...create(...records, ...text)]);
    const { phase } = await world.state(id);
    expect(phase).toMatchObject({ phase: 'halted', cause: 'drift' });
    expect(phase).toMatchObject({ because: expect.stringContaining('set back to generation 2') as unknown });
  });

  test('fault 11: is put back to the old weights while the answer to the step is missing: never advanced again', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.runUntil(id, (state) => state.openIntent !== null);
    world.write([member('source', 90), member('target', 10)].map((record) => ({ action: 'UPSERT', record })));
    const sent = world.requests.length;
    const { phase, share } = await world.runToEnd(id);
    expect(phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    expect(share).toBe(10);
    await world.ticks(id, 5);
    expect(world.requests).toHaveLength(sent);
    expect(world.standing(www)).toContain(`CNAME shift-target 10 ${albTarget} 2`);
  });

  test('shows an abandoned write that landed after all: it counts, and nothing is written twice', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    world.faults.holdRequest = true;
    await world.runUntil(id, (state) => state.openIntent !== null);
    world.faults.failRead = {
      reason: 'timeout',
      provider: 'route53',
      operation: 'ListResourceRecordSets',
      message: 'slow',
      details: [],
    };
    await world.tick(id);
    world.faults.failRead = null;
    await world.tick(id);
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'intent-abandoned' }));
    const requests = world.late.length;
    expect(requests).toBeGreaterThan(1);
    const landed = await world.landLate();
    expect(landed.filter(Boolean)).toHaveLength(1);
    world.faults.holdRequest = false;
    const state = await world.runToEnd(id);
    expect(state.phase.phase).toBe('completed');
    const shares = (await world.journal(id)).flatMap(({ event }) =>
      event.type === 'change-accepted'
        ? [state.intents.find((intent) => intent.id === event.intentId)?.share]
        : [],
    );
    expect(shares).toEqual([0, 10, 25, 50, 100, 100]);
  });

  test('is plain again by collapse.json after drain.json; alone the file is refused, and so is an older one', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const old = world.files.at(-1)!;
    await world.runUntil(id, (state) => state.phase.phase === 'observing' && state.share === 25);
    const { drain, collapse } = world.files.at(-1)!;
    expect(await world.apply(collapse)).toBe(false);
    expect(await world.apply(drain)).toBe(true);
    expect(await world.apply(drain)).toBe(true);
    expect(await world.apply(old.collapse)).toBe(false);
    expect(await world.apply(collapse)).toBe(true);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    const { phase } = await world.state(id);
    expect(phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
  });

  test('is collapsed by hand before any traffic moved: over as well', async () => {
    const world = new World();
    const id = await world.startedAt(0, { policy: policyOf(policyText.replace('dwell: 6s', 'dwell: 60s')) });
    value(await world.migrations.pause(id, operator));
    expect(await world.apply(world.files.at(-1)!.collapse)).toBe(true);
    expect((await world.state(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
  });
});

describe('the guard after drift', () => {
  const failing = async (edit: (world: World) => void): Promise<[World, MigrationState]> => {
    const world = new World();
    const id = await world.startedAt(25);
    edit(world);
    await world.ticks(id, 2);
    world.health.target = 'failed';
    return [world, await world.runUntil(id, () => false, 30).catch(() => world.state(id))];
  };

  test('rolls our own members back while the marker carries our id', async () => {
    const [world, state] = await failing((at) =>
      at.write([{ action: 'UPSERT', record: member('target', 80) }]),
    );
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test.each([
    ['the marker is gone', (world: World) => world.write(remove(world, marker))],
    [
      'the marker is none any more',
      (world: World) => world.write([...remove(world, marker), ...create(txt('hello'))]),
    ],
  ])('only alarms when %s', async (_name, edit) => {
    const [world, state] = await failing(edit);
    expect(state.phase).toMatchObject({ phase: 'halted', cause: 'drift' });
    expect(state.alarms).toEqual(['target-failing']);
    expect(world.standing(www).join()).toContain(albTarget);
  });

  test('writes nothing more once it was fenced, even when our marker stands there again', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const [ours] = recordsAt(world, marker);
    world.write([
      ...remove(world, marker),
      ...create(txt(markerText(world).replace(/ id=\S+/, ' id=other-1'))),
    ]);
    await world.ticks(id, 2);
    world.write([...remove(world, marker), ...create(ours!)]);
    world.health.target = 'failed';
    expect((await world.ticks(id, 10)).phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
    expect(world.standing(www).join()).toContain('shift-target 25');
  });

  test('writes nothing at all once it is fenced', async () => {
    const [world, state] = await failing((at) =>
      at.write([...remove(at, marker), ...create(txt(markerText(at).replace(/ id=\S+/, ' id=other-1')))]),
    );
    expect(state.phase).toMatchObject({ phase: 'halted', cause: 'fenced' });
    expect(world.standing(www).join()).toContain('shift-target 25');
  });
});
