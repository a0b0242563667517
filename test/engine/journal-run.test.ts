import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/core/policy/policy.js';
import { journalRun, type JournalRun } from '../../src/core/simulation/journal-run.js';
import { measured, MemoryMetrics } from './memory-metrics.js';
import { operator, policyOf, policyText, providerFailure, value, World } from './world.js';

/** The journal of this world's migration under another policy. */
async function under(policy: Policy, world: World, id: string): Promise<JournalRun> {
  const events = (await world.journal(id)).map(({ event }) => event);
  const run = journalRun(events, policy);
  for (;;) {
    const step = run.next();
    if (step.done === true) return value(step.value);
    expect(step.value.part).toBeGreaterThanOrEqual(0);
    expect(step.value.part).toBeLessThanOrEqual(1);
  }
}

const own = policyOf(policyText);

function changed(from: string, to: string): Policy {
  expect(policyText).toContain(from);
  return policyOf(policyText.replace(from, to));
}

/** Journals in which everything happens that a replay could take for a difference. */
const stories: Record<string, (world: World) => Promise<string>> = {
  'a healthy one': async (world) => {
    const id = await world.startedAt(-1);
    await world.runToEnd(id);
    return id;
  },
  'an automatic rollback': async (world) => {
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    return id;
  },
  'a lost reply and a refused call': async (world) => {
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.ticks(id, 12);
    world.faults.failChange = providerFailure('throttled');
    await world.ticks(id, 9);
    world.faults.failChange = null;
    await world.runToEnd(id);
    return id;
  },
  'a pause, a gap and a question that a person answers': async (world) => {
    const id = await world.startedAt(10);
    value(await world.migrations.pause(id, operator));
    await world.ticks(id, 20);
    value(await world.migrations.resume(id, operator));
    world.pass(60_000);
    world.health.target = 'unknown';
    await world.runUntil(id, ({ phase }) => phase.phase === 'waiting');
    value(await world.migrations.approve(id, operator));
    await world.ticks(id, 3);
    world.health.target = 'ok';
    await world.runToEnd(id);
    return id;
  },
  'a rollback by an operator': async (world) => {
    const id = await world.startedAt(25);
    await world.rollBack(id);
    await world.runToEnd(id);
    return id;
  },
};

describe('a journal under its own policy', () => {
  test.each(Object.entries(stories))('never parts from %s', async (_name, tell) => {
    const world = new World();
    const run = await under(own, world, await tell(world));
    expect(run.divergence).toBeNull();
    expect(run.other).toEqual(run.journal);
    expect(run.journal.steps.every(({ isForecast }) => !isForecast)).toBe(true);
    expect(['completed', 'rolled-back']).toContain(run.journal.end.end);
  });
});

describe('a journal under another policy', () => {
  test('goes on where a longer dwell stays, as a forecast, and ends later', async () => {
    const world = new World();
    const id = await stories['a healthy one']!(world);
    const run = await under(changed('dwell: 6s', 'dwell: 20s'), world, id);
    expect(run.divergence).toMatchObject({
      share: 10,
      journal: { move: { what: 'stage', share: 25 } },
      other: { move: null, because: expect.stringContaining('dwell') as string },
    });
    expect(run.journal.end).toMatchObject({ end: 'completed', isForecast: false });
    expect(run.other.end).toMatchObject({ end: 'completed', isForecast: true, share: 100 });
    // 14 seconds more at each of three stages, and ticks of a second.
    const later = run.other.end.at - run.journal.end.at;
    expect(later).toBeGreaterThan(38_000);
    expect(later).toBeLessThan(50_000);
    expect(run.other.steps.map(({ share, isForecast }) => [share, isForecast])).toEqual([
      [0, false],
      [10, false],
      [25, true],
      [50, true],
      [100, true],
      [100, true],
    ]);
  });

  test('rolls back by the same probes where its limit is lower, exactly', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    const run = await under(changed('failed: 3 of 6', 'failed: 2 of 6'), world, id);
    expect(run.other.end).toMatchObject({ end: 'rolled-back', isForecast: false, share: 25 });
    expect(run.other.end.at).toBeLessThan(run.journal.end.at);
    expect(run.divergence).toMatchObject({ other: { move: { what: 'rollback', share: 0 } } });
  });

  test('waits where a person must approve a stage that the journal just entered', async () => {
    const world = new World();
    const id = await stories['a healthy one']!(world);
    const run = await under(changed('[10, 25,', '[10, {share: 25, approve: true},'), world, id);
    expect(run.other.end).toMatchObject({ end: 'waits', share: 10, isForecast: true });
    expect(run.other.end.because).toContain('a person must approve');
    expect(run.other.end.at).toBe(run.divergence?.at);
  });

  test('other stages part at the first one', async () => {
    const world = new World();
    const id = await stories['a healthy one']!(world);
    const run = await under(changed('[10, 25, 50, 100]', '[50, 100]'), world, id);
    expect(run.divergence).toMatchObject({
      share: 0,
      journal: { move: { share: 10 } },
      other: { move: { share: 50 } },
    });
    expect(run.other.end).toMatchObject({ end: 'completed', isForecast: true });
    expect(run.other.end.at).toBeLessThan(run.journal.end.at);
  });

  test('is refused where its buckets are others', async () => {
    const world = new World();
    const id = await world.startedAt(10);
    const events = (await world.journal(id)).map(({ event }) => event);
    const run = journalRun(events, changed('bucketSeconds: 1', 'bucketSeconds: 10'));
    expect(run.next()).toMatchObject({ done: true, value: { ok: false } });
  });
});

const counted = policyText
  .replace('evidence: probes, ', '')
  .replace('[10, 25, 50, 100]', '[20, 100]')
  .replaceAll('maxHold: 30s', 'maxHold: 2m, blindAfter: 30s');

/** 200 requests a second of which one in a hundred fails, at the target as many more as told. */
async function countedJournal(excess: number): Promise<[World, string]> {
  const world = new World();
  let carried = { source: 0, target: 0 };
  const metrics = new MemoryMetrics(world, (side, _at, share) => {
    const n = (200 * (side === 'target' ? share : 100 - share)) / 100;
    const due = carried[side] + n * (0.01 + (side === 'target' ? excess : 0));
    carried = { ...carried, [side]: due - Math.floor(due) };
    return { n, e: Math.floor(due) };
  });
  world.pass(120_000);
  const plan = measured({ ...(await world.plan()), policy: policyOf(counted) });
  value(await world.migrations.begin(plan));
  for (let tick = 0; tick < 400; tick += 1) {
    const { state } = await world.tick(plan.id);
    metrics.follow(state.share);
    if (state.phase.phase === 'completed' || state.phase.phase === 'rolled-back') break;
  }
  return [world, plan.id];
}

describe('where users are counted', () => {
  test('the forecast deals the measured rates out to the new shares', async () => {
    const [world, id] = await countedJournal(0);
    const policy = policyOf(counted.replace('dwell: 6s', 'dwell: 15s'));
    const same = await under(policyOf(counted), world, id);
    expect(same.divergence).toBeNull();
    expect(same.other).toEqual(same.journal);
    expect(same.journal.end.end).toBe('completed');
    const run = await under(policy, world, id);
    expect(run.other.end).toMatchObject({ end: 'completed', isForecast: true });
    const { requests, failed } = run.other.atTarget!;
    expect(requests).toBeGreaterThan(run.journal.atTarget!.requests);
    expect(failed / requests).toBeCloseTo(0.01, 2);
  });

  test('a target that fails more often is rolled back under a policy that begins with more', async () => {
    const [world, id] = await countedJournal(0.15);
    const run = await under(policyOf(counted.replace('[20, 100]', '[50, 100]')), world, id);
    expect(run.journal.end).toMatchObject({ end: 'rolled-back', isForecast: false });
    expect(run.other.end).toMatchObject({ end: 'rolled-back', share: 50, isForecast: true });
    expect(run.other.atTarget!.failed).toBeGreaterThan(run.journal.atTarget!.failed);
  });

  test('a side that was never measured ends the forecast', async () => {
    const world = new World();
    const metrics = new MemoryMetrics(world, (side) => (side === 'target' ? null : { n: 200, e: 2 }));
    world.pass(120_000);
    const text = `${counted}windows: [{ from: 22:00, to: "22:15" }]`;
    const plan = measured({ ...(await world.plan()), policy: policyOf(text) });
    value(await world.migrations.begin(plan));
    for (let tick = 0; tick < 4; tick += 1) await world.tick(plan.id);
    metrics.follow(0);
    const events = (await world.journal(plan.id)).map(({ event }) => event);
    expect(events.some(({ type }) => type === 'observed')).toBe(true);
    const run = await under(policyOf(counted), world, plan.id);
    expect(run.journal.end.end).toBe('live');
    expect(run.other.end).toMatchObject({ end: 'unknown', share: 20, isForecast: true });
    expect(run.other.end.because).toContain('never measured');
  });
});
