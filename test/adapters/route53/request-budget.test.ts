import { setMaxListeners } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import { RequestBudget, type Turn } from '../../../src/adapters/route53/request-budget.js';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import { useCanaryCredentials } from './aws-environment.js';
import { CannedServer, errorAnswer } from './canned-server.js';

beforeAll(useCanaryCredentials);

const never = new AbortController().signal;
setMaxListeners(0, never);
const quota = { burst: 25, perSecond: 5 };

/** Time that passes only when a test lets it: whoever sleeps wakes at his moment, in order. */
class VirtualTime {
  nowMs = 1_000;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { atMs: this.nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  get asleep(): number {
    return this.#sleepers.length;
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      await settled();
      const [next] = this.#sleepers.toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.nowMs = next.atMs;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
    }
    this.nowMs = endMs;
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Asks for a token and notes when it was given. */
function asking(time: VirtualTime, budget: RequestBudget, turn: Turn, given: number[]): Promise<void> {
  return budget.take(turn, never).then(() => void given.push(time.nowMs));
}

test('a migration alone never waits', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, quota);
  for (let tick = 0; tick < 20; tick += 1) {
    for (let request = 0; request < 5; request += 1) await budget.take('guard', never);
    await time.pass(1_000);
  }
  expect(time.asleep).toBe(0);
});

test('twenty migrations on one budget never send more than it allows, and a rollback among them goes at once', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, quota);
  const given: number[] = [];
  const rolledBack: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    for (let migration = 0; migration < 20; migration += 1) void asking(time, budget, 'guard', given);
    if (second === 30) {
      await asking(time, budget, 'rollback', rolledBack);
      await asking(time, budget, 'rollback', rolledBack);
      expect(rolledBack).toEqual([time.nowMs, time.nowMs]);
    }
    await time.pass(1_000);
  }
  const all = [...given, ...rolledBack].sort((one, other) => one - other);
  for (const start of all) {
    const within = all.filter((at) => at >= start && at < start + 10_000).length;
    expect(within).toBeLessThanOrEqual(quota.burst + 10 * quota.perSecond + 2);
  }
  expect(all.length).toBeGreaterThan(60 * quota.perSecond);
  expect(all.length).toBeLessThanOrEqual(quota.burst + 60 * quota.perSecond + 2);
});

test('fault 4: what a rollback overdraws, everybody else pays back, and it goes at once however many went before', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, quota);
  for (let request = 0; request < 100; request += 1) await budget.take('rollback', never);
  const given: number[] = [];
  void asking(time, budget, 'guard', given);
  await time.pass(5_000);
  expect(given).toEqual([]);
  await time.pass(1_000);
  expect(given).toHaveLength(1);
});

test('those who wait are served by weight and then by age', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, { burst: 1, perSecond: 1 });
  await budget.take('guard', never);
  const order: string[] = [];
  for (const turn of ['background', 'guard', 'background', 'write', 'guard'] as const)
    void budget.take(turn, never).then(() => order.push(turn));
  await time.pass(10_000);
  expect(order).toEqual(['write', 'guard', 'guard', 'background', 'background']);
});

test('fault 4: a throttling answer slows everybody down but a rollback, and the rate comes back', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, quota);
  const given: number[] = [];
  budget.slowDown();
  budget.slowDown();
  const slowedAt = time.nowMs;
  for (let request = 0; request < 40; request += 1) void asking(time, budget, 'guard', given);
  await budget.take('rollback', never);
  expect(time.nowMs).toBe(slowedAt);
  await time.pass(4_000);
  expect(given.length).toBeGreaterThan(4);
  expect(given.length).toBeLessThan(0.6 * 4 * quota.perSecond);
  await time.pass(300_000);
  given.length = 0;
  for (let request = 0; request < 60; request += 1) void asking(time, budget, 'guard', given);
  await time.pass(5_000);
  expect(given.length).toBeGreaterThanOrEqual(quota.burst + 4 * quota.perSecond);
});

test('whoever gives up waiting leaves the line, and nothing goes on in the dark', async () => {
  const time = new VirtualTime();
  const budget = new RequestBudget(time, { burst: 1, perSecond: 1 });
  await budget.take('guard', never);
  const impatient = new AbortController();
  const refused = expect(budget.take('guard', impatient.signal)).rejects.toThrow('aborted');
  impatient.abort();
  await refused;
  await settled();
  expect(time.asleep).toBe(0);
  await time.pass(1_000);
  await budget.take('guard', never);
});

test('waiting counts against the deadline of the call, which says that it was held back here', async () => {
  await using server = await CannedServer.start();
  server.react(errorAnswer(400, 'Throttling', 'Rate exceeded'));
  const time = new VirtualTime();
  const budget = new RequestBudget(time, { burst: 2, perSecond: 0.001 });
  const zones = await createRoute53({ endpoint: server.endpoint, timeoutMs: 1_500, budget });
  expect(await zones.changeStatus('C1', never)).toMatchObject({
    error: { reason: 'throttled', message: expect.stringContaining('Route 53 asks for fewer') as unknown },
  });
  expect(server.seen).toHaveLength(2);
  expect(await zones.changeStatus('C1', never)).toMatchObject({
    error: {
      reason: 'throttled',
      operation: 'GetChange',
      message: expect.stringContaining('held back by our own rate limit') as unknown,
    },
  });
  expect(server.seen).toHaveLength(2);
  expect(await zones.inTurn('rollback').changeStatus('C1', never)).toMatchObject({
    error: { message: expect.stringContaining('Route 53 asks for fewer') as unknown },
  });
  expect(server.seen).toHaveLength(4);
});
