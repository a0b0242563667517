import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName } from '../../src/core/record-name.js';
import { albTarget, cname, herokuTarget, member, move, operator, value, World, www } from './world.js';
import { create, halted, marker, recordsAt, remove, rewriteMarker, weights } from './zone-edits.js';

async function repair(world: World, id: string): Promise<MigrationState> {
  return value(
    await world.migrations.carryOut(value(await world.migrations.propose(id, 'repair')), operator),
  );
}

function pairAt(share: number): string[] {
  return [
    `CNAME shift-source ${100 - share} ${herokuTarget} 2`,
    `CNAME shift-target ${share} ${albTarget} 2`,
  ];
}

const plain = (target: string): object => ({ name: www, type: 'CNAME', ttl: 60, values: [target] });

describe("repairing puts this stage's own records back", () => {
  test.each<[string, (world: World) => void]>([
    ['after more was given to the target', (at) => weights(at, 80)],
    [
      'after another TTL',
      (at) => at.write([...remove(at, www), ...create(member('source', 75, 30), member('target', 25, 30))]),
    ],
    ['after the marker was deleted', (at) => at.write(remove(at, marker))],
    [
      'after the marker was changed',
      (at) => rewriteMarker(at, (text) => text.replace(/intent=\S+/, 'intent=x')),
    ],
  ])('%s', async (_name, edit) => {
    const [world, id] = await halted(edit);
    const state = await repair(world, id);
    expect(state).toMatchObject({ share: 25, phase: { phase: 'settling', stage: 1 }, openIntent: null });
    expect(world.standing(www)).toEqual(pairAt(25));
    expect(world.standing(marker).join()).toContain('state=live');
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test.each<[string, number, (world: World) => void]>([
    ['less was given to the target', 10, (at) => weights(at, 12)],
    ['the target lost its member', 0, (at) => at.write(remove(at, www).slice(1))],
    ['nothing stands any more', 0, (at) => at.write(remove(at, www))],
    [
      'everybody was sent to the target by a plain record',
      0,
      (at) => at.write([...remove(at, www), ...create(plain(albTarget))]),
    ],
  ])('but moves nobody forward: %s', async (_name, share, edit) => {
    const [world, id] = await halted(edit);
    const proposal = value(await world.migrations.propose(id, 'repair'));
    expect(proposal.summary).toContain(`it goes on at ${share}%, not at 25%, because less stands there now`);
    const state = value(await world.migrations.carryOut(proposal, operator));
    expect(state).toMatchObject({ share, phase: { phase: 'settling' } });
    expect(world.standing(www)).toEqual(pairAt(share));
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('and is shown before, and recorded as what it is', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    const proposal = value(await world.migrations.propose(id, 'repair'));
    expect(proposal.differences).toEqual([
      expect.stringMatching(/: - .*shift-source weight 20/),
      expect.stringMatching(/: - .*shift-target weight 80/),
      expect.stringMatching(/: \+ .*shift-source weight 75/),
      expect.stringMatching(/: \+ .*shift-target weight 25/),
    ]);
    expect(world.standing(www)).toEqual([
      `CNAME shift-source 20 ${herokuTarget} 2`,
      `CNAME shift-target 80 ${albTarget} 2`,
    ]);
    value(await world.migrations.carryOut(proposal, operator));
    const events = (await world.journal(id)).map(({ event }) => event);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'adopt-requested', isRepair: true, stage: 1, ...operator }),
    );
  });

  test('at every host of the group, each as the plan makes it', async () => {
    const api = value(hostName('api.example.com'));
    const world = new World([cname(www, herokuTarget, 5), cname(api, herokuTarget, 5)]);
    const id = await world.startedAt(25, { hosts: [move(www), move(api)] });
    world.write([{ action: 'UPSERT', record: member('target', 90, 2, api) }]);
    expect((await world.ticks(id, 2)).phase.phase).toBe('halted');
    expect(await repair(world, id)).toMatchObject({ share: 25, phase: { phase: 'settling', stage: 1 } });
    expect([world.standing(www), world.standing(api)]).toEqual([pairAt(25), pairAt(25)]);
  });

  test('unless the zone was changed since it was shown', async () => {
    const [world, id] = await halted((at) => weights(at, 80));
    const proposal = value(await world.migrations.propose(id, 'repair'));
    weights(world, 40);
    const found = [world.standing(www), world.standing(marker)];
    const result = await world.migrations.carryOut(proposal, operator);
    expect(result).toMatchObject({ ok: false, error: { reason: 'conflict' } });
    expect([world.standing(www), world.standing(marker)]).toEqual(found);
  });
});

describe('repairing is refused, and nothing is written,', () => {
  test.each<[string, (world: World) => void, string]>([
    [
      'with a third member',
      (at) => at.write(create({ ...member('target', 5), setIdentifier: 'somebody-else' })),
      "stands what is not this migration's: CNAME somebody-else weight 5",
    ],
    [
      'with a member that points elsewhere',
      (at) =>
        at.write([{ action: 'UPSERT', record: { ...member('target', 25), values: ['evil.example.net.'] } }]),
      'evil.example.net',
    ],
    [
      'with an address',
      (at) =>
        at.write([...remove(at, www), ...create({ name: www, type: 'A', ttl: 60, values: ['192.0.2.1'] })]),
      'A -> 192.0.2.1',
    ],
    [
      'with text that is no marker',
      (at) => rewriteMarker(at, () => 'v=spf1 -all'),
      'holds something that is not a marker',
    ],
    [
      'under the live marker of another migration',
      (at) => rewriteMarker(at, (text) => text.replace(/ id=\S+/, ' id=other-1')),
      'that of another migration, other-1',
    ],
  ])('%s', async (_name, edit, message) => {
    const [world, id] = await halted(edit);
    const before = [recordsAt(world, www), recordsAt(world, marker), await world.journal(id)];
    const proposal = await world.migrations.propose(id, 'repair');
    expect(proposal).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(message) as unknown },
    });
    expect([recordsAt(world, www), recordsAt(world, marker), await world.journal(id)]).toEqual(before);
  });

  test('in every phase but halted', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const refused = { ok: false, error: { reason: 'conflict' } };
    expect(await world.migrations.propose(id, 'repair')).toMatchObject(refused);
    await world.rollBack(id);
    await world.runToEnd(id);
    expect(await world.migrations.propose(id, 'repair')).toMatchObject(refused);
  });
});
