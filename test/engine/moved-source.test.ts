import { beforeEach, describe, expect, test } from 'vitest';
import { decide } from '../../src/core/decide.js';
import type { Event } from '../../src/core/event.js';
import { replay } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName } from '../../src/core/record-name.js';
import { wentToOldTarget } from '../../src/core/platform/left-behind.js';
import type { HerokuFacts } from '../../src/core/platform/platform-reading.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { statusView } from '../../src/cli/render/status-view.js';
import { whyDetails } from '../../src/cli/render/why-view.js';
import { fit } from './heroku-facts.js';
import { pages } from './pages.js';
import { Platforms, policy } from './platforms.js';
import {
  albTarget,
  cname,
  herokuTarget,
  move,
  operator,
  policyOf,
  policyText,
  value,
  type World,
  www,
} from './world.js';
import { weights } from './zone-edits.js';

/** What Heroku names in place of the planned target from some moment on. */
const newTarget = 'new-target-9.herokudns.com.';
const moved: HerokuFacts['domain'] = fit.domain && { ...fit.domain, cname: newTarget.slice(0, -1) };
const api = value(hostName('api.example.com'));

let platforms: Platforms;
let world: World;
beforeEach(() => {
  use(new Platforms());
});

function use(these: Platforms): void {
  platforms = these;
  ({ world } = platforms);
}

/** Heroku gives the host another target, and the old one goes dark; the new one answers as the probes are told. */
function moves(answers: readonly ('ok' | 'failed' | 'unknown' | 'silent')[] = ['ok', 'ok', 'ok']): void {
  platforms.say({ domain: moved });
  world.health.source = 'failed';
  world.movedTo.set(newTarget, answers);
}

/** Starts at a share, lets it happen, and ticks until the move is known; from then on the source is what answers under its new name. */
async function movedAt(share: number, change: () => void = moves): Promise<MigrationState> {
  platforms.id = await world.startedAt(share, { policy });
  change();
  await untilMoved();
  world.health.source = 'ok';
  return world.state(platforms.id);
}

async function untilMoved(): Promise<void> {
  for (let ticks = 0; ticks < 80; ticks += 1) {
    await world.tick(platforms.id, 10_000);
    if (news().length > 0) return;
  }
  expect.fail('nobody saw that the source has moved');
}

/** Long enough for several looks at Heroku, and for more probes than a verdict takes. */
async function longAfter(): Promise<MigrationState> {
  let { state } = await world.tick(platforms.id, 20_000);
  for (let ticks = 0; ticks < 60; ticks += 1) ({ state } = await world.tick(platforms.id, 20_000));
  return state;
}

function news(): readonly (Event & { type: 'source-moved' })[] {
  return world.events.filter((event) => event.type === 'source-moved');
}

function alarms(): readonly string[] {
  return world.events.flatMap((event) => {
    if (event.type === 'alarm-cleared') return [`${event.topic} over`];
    return event.type === 'alarm-raised' ? [event.topic] : [];
  });
}

function sourceOf(state: MigrationState, index = 0): string | undefined {
  return state.plan.hosts[index]?.source.dnsName;
}

describe('fault 55: the rollback target follows an app to its new DNS target', () => {
  test('once that passes the probes of the source and the old one fails them, and a page says so', async () => {
    const state = await movedAt(10);
    expect(news()).toMatchObject([{ sources: [{ host: www, from: herokuTarget, to: newTarget }] }]);
    expect(news()[0]?.because).toMatch(
      /^www\.example\.com: .* new-target-9\.herokudns\.com .*passes.*\(0 of 6 failed\).*sleepy-otter\S* does not \(6 of 6 failed\); a rollback goes to new-target-9.*: shiftctl rollback www\.example\.com$/,
    );
    expect(sourceOf(state)).toBe(newTarget);
    expect(state.plan.originals[0]?.records[0]?.values).toEqual([herokuTarget]);
    const told = pages(world).filter((page) => page.startsWith('alarm/source-moved'));
    expect(told).toEqual([expect.stringContaining(news()[0]?.because ?? 'nothing')]);
    const page = world.notifier.told.find(({ message }) => message.topic === 'alarm/source-moved');
    expect(page?.message.commands.map(({ anywhere }) => anywhere)).toContain(
      'shiftctl rollback www.example.com --no-state --to new-target-9.herokudns.com',
    );
  });

  test('the page of before gives the line for a person, and is over then', async () => {
    platforms.id = await world.startedAt(10, { policy });
    platforms.say({ domain: moved });
    for (let ticks = 0; ticks < 80 && alarms().length === 0; ticks += 1)
      await world.tick(platforms.id, 10_000);
    expect(pages(world).join()).toContain(
      'shiftctl rollback www.example.com --no-state --to new-target-9.herokudns.com',
    );
    expect(alarms()).toEqual(['rollback-path-broken']);
    moves();
    await untilMoved();
    world.health.source = 'ok';
    await world.tick(platforms.id, 10_000);
    expect(alarms()).toContain('rollback-path-broken over');
    expect((await world.state(platforms.id)).alarms).toEqual(['source-moved']);
  });

  test('and until the records name it nothing goes forward', async () => {
    await movedAt(10);
    const state = await longAfter();
    expect(state).toMatchObject({ share: 10, held: 'source-moved', phase: { phase: 'observing' } });
    const status = statusOf(state, instant(world.now));
    expect(status.movedSources).toEqual([{ host: www, from: herokuTarget, to: newTarget }]);
    expect(status.because).toContain('shiftctl rollback www.example.com');
    expect(status.alarm).toBe('source-moved');
    const view = statusView(status, { columns: 80, hasColor: false, now: world.now });
    expect(view.join(' ').replace(/\s+/g, ' ')).toContain(
      'moved ⚠ the source of www.example.com answers as new-target-9.herokudns.com and not as sleepy-otter-0a1b2c.herokudns.com, which the records still name; a rollback goes to new-target-9.herokudns.com',
    );
    expect(Math.max(...view.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(whyDetails(status, world.now).join('\n')).toContain(
      'a rollback goes to new-target-9.herokudns.com',
    );
  });

  test('and the answers that name the old target still count as those of the source', async () => {
    const state = await movedAt(10);
    const { measuredShare, nameServers } = statusOf(state, instant(world.now)).hosts[0] ?? {};
    expect(measuredShare).toBeLessThan(50);
    expect(nameServers?.map(({ other }) => other)).toEqual([0, 0, 0, 0]);
  });

  test('a rollback that a person asks for ends there, and a new migration can begin from there', async () => {
    await movedAt(10);
    expect((await world.rollBack(platforms.id)).phase.phase).toBe('draining');
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
    expect((await world.runToEnd(platforms.id)).phase.phase).toBe('rolled-back');
    expect(wentToOldTarget(await world.state(platforms.id))).toEqual([]);
    const sourceEndpoint = value(hostName(newTarget.slice(0, -1)));
    const plan = { ...(await world.plan({ policy, sourceEndpoint })), id: 'second' };
    const again = value(await world.migrations.begin(plan));
    expect(sourceOf(again)).toBe(newTarget);
    const running = await world.runUntil(again.plan.id, ({ share }) => share === 10);
    expect(running.share).toBe(10);
  });

  test('the rollback of the guard ends there, having seen that it answers', async () => {
    await movedAt(10);
    world.health.target = 'failed';
    const { phase } = await world.runUntil(platforms.id, (state) => state.phase.phase === 'draining');
    expect(phase).toMatchObject({ phase: 'draining', rollback: { by: 'guard' } });
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
  });

  test('the guard does not go there while it fails', async () => {
    await movedAt(10);
    world.health.source = 'failed';
    for (let ticks = 0; ticks < 6; ticks += 1) await world.tick(platforms.id, 10_000);
    world.health.target = 'failed';
    const state = await longAfter();
    expect(state).toMatchObject({ share: 10, phase: { phase: 'observing' } });
    expect(state.alarms).toContain('both-failing');
  });

  test('in the very reading in which a failing target can at last be left', async () => {
    platforms.id = await world.startedAt(10, { policy });
    moves();
    world.health.target = 'failed';
    const { phase } = await world.runUntil(platforms.id, (state) => state.phase.phase === 'draining');
    expect(phase.phase).toBe('draining');
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
  });

  test('both break-glass files lead there, and what they did is taken as a rollback', async () => {
    const state = await movedAt(10);
    const files = world.files.at(-1);
    if (files === undefined) throw new Error('no files');
    expect(await world.apply(files.drain)).toBe(true);
    expect(world.standing(www)).toEqual([
      `CNAME shift-source 100 ${newTarget} 2`,
      `CNAME shift-target 0 ${albTarget} 2`,
    ]);
    expect(await world.apply(files.collapse)).toBe(true);
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
    const { phase } = await world.runToEnd(state.plan.id);
    expect(phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
  });

  test('files of before lead to the old target, which is said, and a rollback goes on from there', async () => {
    const id = await world.startedAt(10, { policy });
    platforms.id = id;
    const old = world.files.at(-1);
    if (old === undefined) throw new Error('no files');
    moves();
    await untilMoved();
    expect(await world.apply(old.drain)).toBe(true);
    expect(await world.apply(old.collapse)).toBe(true);
    const { phase } = await world.runToEnd(id);
    expect(phase).toMatchObject({ phase: 'rolled-back', by: 'person' });
    expect(phase.phase === 'rolled-back' && phase.because).toContain(
      'a name that the source of www.example.com has left',
    );
    await world.rollBack(id);
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
  });

  test('files that were not written are written at the next tick', async () => {
    platforms.id = await world.startedAt(10, { policy });
    moves();
    world.onCall = async (call, when) => {
      const entries = await world.journal(platforms.id);
      const isKnown = entries.some(({ event }) => event.type === 'source-moved');
      if (call === 'append' && when === 'after' && isKnown) throw new Error('killed');
    };
    await expect(longAfter()).rejects.toThrow('killed');
    expect(JSON.stringify(world.files)).not.toContain(newTarget);
    world.onCall = () => undefined;
    world.health.source = 'ok';
    await world.tick(platforms.id, 10_000);
    expect(JSON.stringify(world.files.at(-1))).toContain(newTarget);
    expect(JSON.stringify(world.files.at(-1))).not.toContain(herokuTarget);
  });

  test('files are right also when the records name the target alone by then', async () => {
    platforms.id = (await world.start({ policy: policyOf(policyText) })).plan.id;
    await world.runUntil(platforms.id, ({ phase }) => phase.phase === 'finalizing');
    world.faults.isPending = true;
    moves();
    await untilMoved();
    expect(world.standing(www)).toEqual([`CNAME ${albTarget} 5`]);
    expect(JSON.stringify(world.files.at(-1))).toContain(newTarget);
    expect(JSON.stringify(world.files.at(-1))).not.toContain(herokuTarget);
  });

  test('a disk that takes no files ends no tick', async () => {
    platforms.id = await world.startedAt(10, { policy });
    moves();
    world.onCall = (call) => {
      if (call === 'break-glass') throw new Error('ENOSPC: no space left on device');
    };
    await untilMoved();
    expect(world.warnings).toContainEqual(expect.stringContaining('ENOSPC'));
  });

  test('a person who wants to go on names it with the next stage', async () => {
    await movedAt(10);
    value(await world.migrations.promote(platforms.id, operator, { to: null, override: true }));
    const state = await world.runUntil(platforms.id, ({ share }) => share === 25);
    expect(state.share).toBe(25);
    expect(world.standing(www)[0]).toBe(`CNAME shift-source 75 ${newTarget} 2`);
    for (let ticks = 0; ticks < 5; ticks += 1) await world.tick(platforms.id, 10_000);
    expect(alarms().at(-1)).toBe('source-moved over');
    expect(statusOf(await world.state(platforms.id), instant(world.now)).movedSources).toEqual([]);
  });

  test.each(['adopt', 'repair'] as const)('%s after an edit by hand names it', async (verb) => {
    await movedAt(10);
    weights(world, 5);
    await world.ticks(platforms.id, 2);
    const proposal = value(await world.migrations.propose(platforms.id, verb));
    const state = value(await world.migrations.carryOut(proposal, operator));
    expect(state).toMatchObject({ share: 0, phase: { phase: 'settling' } });
    expect(world.standing(www)[0]).toBe(`CNAME shift-source 100 ${newTarget} 2`);
  });

  test('restore still puts back exactly what stood there', async () => {
    await movedAt(10);
    await world.rollBack(platforms.id);
    await world.runToEnd(platforms.id);
    value(
      await world.migrations.carryOut(
        value(await world.migrations.propose(platforms.id, 'restore')),
        operator,
      ),
    );
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 5`]);
  });

  test('and back, when Heroku gives it its first target again', async () => {
    await movedAt(10);
    platforms.say({});
    world.health.source = 'failed';
    world.movedTo.set(herokuTarget, ['ok', 'ok', 'ok']);
    for (let ticks = 0; ticks < 80 && news().length < 2; ticks += 1) await world.tick(platforms.id, 10_000);
    expect(news()[1]?.sources).toEqual([{ host: www, from: newTarget, to: herokuTarget }]);
    world.health.source = 'ok';
    const state = await world.runUntil(platforms.id, ({ share }) => share === 25);
    expect(state.share).toBe(25);
    expect(world.standing(www)[0]).toBe(`CNAME shift-source 75 ${herokuTarget} 2`);
  });

  test('of a group only the host that has moved', async () => {
    use(new Platforms([cname(www, herokuTarget, 5), cname(api, herokuTarget, 5)]));
    platforms.id = await world.startedAt(10, { policy, hosts: [move(www), move(api)] });
    platforms.domains.set(www, moved);
    world.healthOf.set(`${www} source`, 'failed');
    world.movedTo.set(newTarget, ['ok', 'ok', 'ok']);
    await untilMoved();
    expect(news()[0]?.sources).toEqual([{ host: www, from: herokuTarget, to: newTarget }]);
    const page = world.notifier.told.find(({ message }) => message.topic === 'alarm/source-moved');
    expect(page?.message.commands.map(({ anywhere }) => anywhere)).toEqual([null, null]);
    const files = world.files.at(-1);
    await world.rollBack(platforms.id);
    expect(world.standing(www)).toEqual([`CNAME ${newTarget} 2`]);
    expect(world.standing(api)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(JSON.stringify(files?.drain).split(newTarget)).toHaveLength(2);
    expect(JSON.stringify(files?.drain).split(herokuTarget)).toHaveLength(2);
  });

  test('which is in the journal, so that it can be decided again from it alone', async () => {
    await movedAt(10);
    const events = (await world.journal(platforms.id)).map(({ event }) => event);
    const index = events.findIndex(({ type }) => type === 'source-moved');
    const seen = events.findLastIndex(({ type }, at) => type === 'observed' && at < index);
    expect(decide(replay(events.slice(0, seen + 1)))).toContainEqual(events[index]);
    const asked = events.filter(
      (event) => event.type === 'observed' && event.observation.sourceMoves !== undefined,
    );
    expect(asked).toHaveLength(1);
  });
});

describe('fault 55: the rollback target stays', () => {
  async function stays(change: () => unknown): Promise<MigrationState> {
    platforms.id = await world.startedAt(10, { policy });
    await change();
    const state = await longAfter();
    expect(news()).toEqual([]);
    expect(sourceOf(state)).toBe(herokuTarget);
    expect(state.share).toBe(10);
    await world.rollBack(platforms.id);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    return state;
  }

  test('while the old target still answers', async () => {
    const state = await stays(() => {
      moves();
      world.health.source = 'ok';
    });
    expect(state.alarms).toEqual(['rollback-path-broken']);
  });

  test('while the old target says nothing, which is not known to be down', async () => {
    await stays(() => {
      moves();
      world.health.source = 'silent';
    });
  });

  test.each([
    ['is silent', ['silent']],
    ['was asked too seldom for a verdict', ['ok']],
    ['fails', ['failed', 'failed', 'failed']],
    ['fails now and then', ['ok', 'ok', 'ok', 'failed', 'ok']],
    ['is not known to answer', ['ok', 'ok', 'unknown', 'unknown']],
  ] as const)('while the new target %s', async (_, answers) => {
    expect((await stays(() => moves(answers))).alarms).toContain('rollback-path-broken');
  });

  test.each<[string, Partial<HerokuFacts>]>([
    ['another app has the planned name', { id: 'app-2', domain: moved }],
    ['the host has no certificate there', { domain: moved && { ...moved, sniEndpoint: null } }],
    ['the app is in maintenance mode', { maintenance: true, domain: moved }],
    ['the app has no domain for the host', { domain: null }],
    ['the new target is pending', { domain: moved && { ...moved, cname: null } }],
    ['the new target is no name', { domain: moved && { ...moved, cname: 'not..a name' } }],
  ])('when %s', async (_, change) => {
    await stays(() => {
      moves();
      platforms.say(change);
      world.movedTo.set(`${change.domain?.cname ?? ''}.`, ['ok', 'ok', 'ok']);
    });
  });

  test('when Heroku could not be asked again before the old target went dark', async () => {
    platforms.id = await world.startedAt(10, { policy });
    platforms.say({ domain: moved });
    await longAfter();
    platforms.failing = 'timeout';
    await longAfter();
    moves();
    await longAfter();
    expect(news()).toEqual([]);
    platforms.failing = null;
    await untilMoved();
  });

  test('and whoever rolls back to it before is told of the other, with the line that goes there', async () => {
    await stays(() => {
      moves(['silent']);
    });
    expect(wentToOldTarget(await world.state(platforms.id))).toEqual([
      'www.example.com went back to sleepy-otter-0a1b2c.herokudns.com, and Heroku has another DNS target for it by now; if sleepy-otter-0a1b2c.herokudns.com does not answer: shiftctl rollback www.example.com --no-state --to new-target-9.herokudns.com',
    ]);
  });
});
