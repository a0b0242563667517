import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/core/certificate.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import type { ProbeOutcome } from '../../src/core/probe.js';
import { instant, millis } from '../../src/core/time.js';
import type { Clock, ProbeAnswer, Prober, ProbeRequest } from '../../src/engine/ports.js';
import { BackgroundFeed, burstFeed } from '../../src/engine/probe-feed.js';
import { planOf, policy } from '../core/story.js';
import { herokuTarget } from './world.js';

const never = new AbortController().signal;

/** A clock whose sleepers wake in order as time is let pass. */
class SteppedClock implements Clock {
  readonly bootId = 'boot-1';
  private nowMs = 0;
  private readonly sleepers: { atMs: number; wake: () => void }[] = [];

  now(): ReturnType<Clock['now']> {
    return instant(this.nowMs);
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.sleepers.push({ atMs: this.nowMs + ms, wake });
    });
  }

  async pass(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.sleepers.sort((a, b) => a.atMs - b.atMs);
      const [next] = this.sleepers;
      if (next === undefined || next.atMs > end) break;
      this.sleepers.shift();
      this.nowMs = next.atMs;
      next.wake();
    }
    this.nowMs = end;
  }
}

function certificate(endsAt: number): Certificate {
  return { name: 'www.example.com', issuer: 'An issuer', endsAt: instant(endsAt) };
}

/** Answers over both families, and remembers what it was asked. */
class DualStackProber implements Prober {
  readonly requests: (ProbeRequest & { readonly at: number })[] = [];
  private readonly clock: Clock;
  private readonly ends: readonly (number | null)[];

  constructor(clock: Clock, ends: readonly (number | null)[] = [null]) {
    this.clock = clock;
    this.ends = ends;
  }

  probe(request: ProbeRequest): Promise<readonly ProbeAnswer[]> {
    const at = this.clock.now();
    const end = this.ends[this.requests.length % this.ends.length] ?? null;
    this.requests.push({ ...request, at });
    return Promise.resolve(
      (['ipv4', 'ipv6'] as const).map((family) => {
        const rest = { status: 200, latencyMs: 1, certificateEndsAt: null };
        const outcome: ProbeOutcome = { at, result: 'ok', because: '200 in 1 ms', ...rest, family };
        return { outcome, certificate: end === null ? null : certificate(end) };
      }),
    );
  }

  timesOf(side: 'source' | 'target'): number[] {
    const isSource = side === 'source';
    return this.requests
      .filter(({ endpoint }) => (endpoint === herokuTarget) === isSource)
      .map(({ at }) => at);
  }
}

function planWith(probes: Partial<MigrationPlan['policy']['probes']>): MigrationPlan {
  const base = policy();
  return planOf({ policy: { ...base, probes: { ...base.probes, ...probes } } });
}

const { expect: common } = policy().probes;
const sides = {
  source: { path: '/health', everyMs: millis(2_000), expect: common },
  target: {
    path: '/version',
    everyMs: millis(500),
    expect: { ...common, json: { '/deployment': 'v42' } },
  },
};

test('each side is probed on its own schedule, with its own path and expectations', async () => {
  const clock = new SteppedClock();
  const prober = new DualStackProber(clock);
  await using feed = new BackgroundFeed(prober, clock);
  const plan = planWith(sides);
  await feed.collect(plan);
  await clock.pass(3_999);
  expect(prober.timesOf('source')).toEqual([0, 2_000]);
  expect(prober.timesOf('target')).toEqual([250, 750, 1_250, 1_750, 2_250, 2_750, 3_250, 3_750]);
  const asked = prober.requests.map(({ path, expect: { json } }) => JSON.stringify([path, json]));
  expect([...new Set(asked)].sort()).toEqual(['["/health",null]', '["/version",{"/deployment":"v42"}]']);
  const reports = await feed.collect(plan);
  expect(reports.map(({ side, outcomes }) => [side, outcomes.length])).toEqual([
    ['source', 4],
    ['target', 16],
  ]);
});

test('every answer is handed out once, in the order of time, and no probe is sent that is not', async () => {
  const clock = new SteppedClock();
  const prober = new DualStackProber(clock);
  await using feed = new BackgroundFeed(prober, clock);
  const plan = planOf();
  await feed.collect(plan);
  await clock.pass(2_100);
  const first = await feed.collect(plan);
  await clock.pass(2_100);
  const second = await feed.collect(plan);
  const times = [...first, ...second].flatMap(({ outcomes }) => outcomes.map(({ at }) => at));
  expect(times).toHaveLength(2 * prober.requests.length);
  for (const { outcomes } of [...first, ...second])
    expect(outcomes.map(({ at }) => at)).toEqual(outcomes.map(({ at }) => at).toSorted((a, b) => a - b));
});

test('what nobody collects does not pile up', async () => {
  const clock = new SteppedClock();
  await using feed = new BackgroundFeed(new DualStackProber(clock), clock);
  const plan = planOf();
  await feed.collect(plan);
  await clock.pass(300 * 500);
  const [source] = await feed.collect(plan);
  expect(source?.outcomes).toHaveLength(480);
  expect(source?.outcomes.at(-1)?.at).toBe(300 * 500);
});

test('a single tick sends as many probes to each side as a verdict needs, and no more', async () => {
  const clock = new SteppedClock();
  const prober = new DualStackProber(clock);
  const collecting = burstFeed(prober, clock).collect(planWith({ ...sides, everyMs: millis(50) }), never);
  await clock.pass(2_000);
  const reports = await collecting;
  expect(reports.map(({ outcomes }) => outcomes.length)).toEqual([12, 12]);
  expect(prober.timesOf('source')).toEqual([0, 200, 400, 600, 800, 1_000]);
  expect(prober.requests).toHaveLength(12);
});

test('a report holds the certificate that ends first, and none when none was seen', async () => {
  const clock = new SteppedClock();
  const collect = async (ends: readonly (number | null)[]): Promise<readonly (number | undefined)[]> => {
    const collecting = burstFeed(new DualStackProber(clock, ends), clock).collect(planOf(), never);
    await clock.pass(2_000);
    return (await collecting).map((report) => report.certificate?.endsAt);
  };
  expect(await collect([900, 900, 300, 300, null, null])).toEqual([300, 300]);
  expect(await collect([null])).toEqual([undefined, undefined]);
});

describe('a source that has moved', () => {
  const to = 'new-target-9.herokudns.com.';

  function movedPlan(plan: MigrationPlan): MigrationPlan {
    const hosts = plan.hosts.map((host) => ({ ...host, source: { ...host.source, dnsName: to } }));
    return { ...plan, hosts };
  }

  test('is asked under its new name from then on, and what came from the old one is not held against it', async () => {
    const clock = new SteppedClock();
    const prober = new DualStackProber(clock);
    await using feed = new BackgroundFeed(prober, clock);
    const plan = planWith(sides);
    await feed.collect(plan);
    await clock.pass(3_999);
    const [before, target] = await feed.collect(movedPlan(plan));
    expect([before?.outcomes.length, target?.outcomes.length]).toEqual([0, 16]);
    await clock.pass(4_000);
    const [source] = await feed.collect(movedPlan(plan));
    expect(source?.outcomes.map(({ at }) => at)).toEqual([4_000, 4_000, 6_000, 6_000]);
    expect(prober.requests.filter(({ endpoint }) => endpoint === to)).toHaveLength(2);
  });

  test.each([
    ['a single tick', (prober: Prober, clock: Clock) => burstFeed(prober, clock)],
    ['a process that stays', (prober: Prober, clock: Clock) => new BackgroundFeed(prober, clock)],
  ])(
    'is tried by %s as the source is asked, with the host, the path and enough probes for a verdict',
    async (_, feedOf) => {
      const clock = new SteppedClock();
      const prober = new DualStackProber(clock);
      await using feed = feedOf(prober, clock);
      const plan = planWith(sides);
      const [host] = plan.hosts;
      if (host === undefined) throw new Error('no host');
      const move = { host: host.host, from: host.source.dnsName, to };
      const collecting = feed.collectMoves(plan, [move], never);
      await clock.pass(2_000);
      const [report, ...others] = await collecting;
      expect(others).toEqual([]);
      expect(report).toMatchObject({ host: host.host, side: 'source', dnsName: to });
      expect(report?.outcomes).toHaveLength(12);
      expect(prober.requests).toHaveLength(6);
      for (const request of prober.requests)
        expect(request).toMatchObject({ host: host.host, endpoint: to, path: '/health' });
      expect(await feed.collectMoves(plan, [], never)).toEqual([]);
    },
  );
});
