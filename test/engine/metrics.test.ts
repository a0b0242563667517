import { describe, expect, test } from 'vitest';
import { hostName } from '../../src/core/record-name.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { replay } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { HostMetrics } from '../../src/core/plan.js';
import { decide } from '../../src/core/decide.js';
import type { Policy } from '../../src/core/policy/policy.js';
import type { SideName } from '../../src/core/probe.js';
import { MemoryMetrics, measured, type Traffic } from './memory-metrics.js';
import { pages } from './pages.js';
import {
  albTarget,
  cname,
  herokuTarget,
  move,
  operator,
  policyOf,
  policyText,
  value,
  World,
} from './world.js';

/** Requests of all users in one bucket of a second. */
const perSecond = 200;

const metricsText = policyText.replace('evidence: probes, maxHold: 30s', 'maxHold: 30s, blindAfter: 15s');
const metricsPolicy = policyOf(metricsText);
/** Telling people costs a test time, so only those that look at it do. */
const toldPolicy = policyOf(
  `${metricsText}notify: { channels: [{ pagerduty: { routingKeyFrom: env:P } }, { slack: { urlFrom: env:S } }] }\n`,
);

/** What a migration that waits has woken somebody for. */
const asked: unknown = expect.stringMatching(/^asked: .*waits for a person at /);

/** Users follow the share at once; so many of a thousand requests of a side fail, in turn. */
function users(failing: (side: SideName, at: number) => number): Traffic {
  return (side, at, share) => {
    const n = Math.round(perSecond * (side === 'target' ? share / 100 : 1 - share / 100));
    const rate = failing(side, at);
    // Whole failures, spread so that each thousand requests has its number.
    const due = (n * rate) / 1000;
    const e = Math.floor(due) + ((at / 1000) % 10 < 10 * (due % 1) ? 1 : 0);
    return { n, e: Math.min(n, e) };
  };
}

const calm = users(() => 1);

class Measured {
  readonly world = new World();
  readonly metrics: MemoryMetrics;
  id = '';

  constructor(traffic: Traffic) {
    this.metrics = new MemoryMetrics(this.world, traffic);
  }

  static async begin(
    traffic: Traffic,
    change: Partial<HostMetrics> = {},
    policy: Policy = metricsPolicy,
  ): Promise<Measured> {
    const begun = new Measured(traffic);
    const plan = measured({ ...(await begun.world.plan()), policy }, change);
    begun.id = value(await begun.world.migrations.begin(plan)).plan.id;
    return begun;
  }

  until(done: (state: MigrationState) => boolean, maxTicks = 400): Promise<MigrationState> {
    return this.world.runUntil(
      this.id,
      (state) => {
        this.metrics.follow(state.share);
        return done(state);
      },
      maxTicks,
    );
  }

  observing(share: number): Promise<MigrationState> {
    return this.until(({ phase, share: set }) => phase.phase === 'observing' && set === share);
  }

  end(): Promise<MigrationState> {
    return this.until(({ phase }) => phase.phase === 'waiting');
  }
}

describe('what users experience decides', () => {
  test('healthy on both sides: every stage is promoted with its evidence named', async () => {
    const run = await Measured.begin(calm);
    expect((await run.end()).phase.phase).toBe('completed');
    const opened = run.world.events.flatMap((event) =>
      event.type === 'intent-opened' ? [event.because] : [],
    );
    expect(opened).toHaveLength(6);
    expect(opened[2]).toMatch(/ : 1 that the target fails at most /);
  });

  test('a target that is worse is rolled back, with the odds as the reason', async () => {
    const run = await Measured.begin(calm, {}, toldPolicy);
    await run.observing(25);
    run.metrics.traffic = users((side) => (side === 'target' ? 100 : 1));
    const state = await run.end();
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(state.phase).toMatchObject({
      because: expect.stringContaining('that the target is worse') as unknown,
    });
    const page = run.world.notifier.told.find(({ message }) => message.kind === 'rolling-back')?.message;
    expect(page?.numbers, 'the reason is not to be read twice').not.toContain(page?.because);
    expect(page?.numbers).toHaveLength(2);
  });

  test('fault 50: an outage that both sides share holds, and the migration goes on when it is over', async () => {
    const run = await Measured.begin(calm, {}, toldPolicy);
    const begunAt = (await run.observing(25)).latest?.at ?? 0;
    const isOut = (at: number): boolean => at > begunAt + 2_000 && at < begunAt + 12_000;
    run.metrics.traffic = users((_side, at) => (isOut(at) ? 200 : 1));
    const held = await run.until(({ held: topic }) => topic === 'source-incident');
    expect(held.share).toBe(25);
    const told = run.world.notifier.told.filter(({ message }) => message.topic === 'held/source-incident');
    expect(told).toMatchObject([{ kind: 'slack', message: { kind: 'held', severity: 'inform' } }]);
    expect((await run.end()).phase.phase).toBe('completed');
  });

  test('fault 44: the metrics of both sides are missing: it holds, then asks, and never promotes', async () => {
    const run = await Measured.begin(calm, {}, toldPolicy);
    await run.observing(25);
    run.metrics.traffic = () => null;
    const state = await run.end();
    expect(state).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
    expect(state.phase).toMatchObject({ because: expect.stringContaining('all metrics dark') as unknown });
    expect(pages(run.world)).toEqual([asked]);
  });

  test("only the target's metrics gone while requests are due there: rolled back as blind", async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.metrics.traffic = (side, at, share) => (side === 'target' ? null : calm(side, at, share));
    const state = await run.end();
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(state.phase).toMatchObject({ because: expect.stringContaining('target dark') as unknown });
  });

  test('fault 45: metrics that come too late hold the migration', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.metrics.lateMs = 8_000;
    const held = await run.until(({ held: topic }) => topic === 'data-age');
    expect(held.share).toBe(25);
    run.metrics.lateMs = 0;
    expect((await run.end()).phase.phase).toBe('completed');
  });

  test('no real request at all: our own probes promote nothing, a person is asked', async () => {
    const run = await Measured.begin(() => ({ n: 0, e: 0 }));
    const state = await run.end();
    expect(state).toMatchObject({ phase: { phase: 'waiting' }, share: 10 });
  });

  test('a source that fails its probes gets nothing back: both sides fail, and a person is paged', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.world.health.source = 'failed';
    await run.until(({ alarms }) => alarms.includes('source-failing'));
    run.metrics.traffic = users((side) => (side === 'target' ? 300 : 1));
    const state = await run.until(({ alarms }) => alarms.includes('both-failing'));
    expect(state.share).toBe(25);
  });
});

test('a holdback keeps a live control at the source until the bake ends, and nothing after it', async () => {
  const world = new World();
  const metrics = new MemoryMetrics(world, calm);
  const text = policyText
    .replace('[10, 25, 50, 100]', '[25, 100]')
    .replace('evidence: probes, maxHold: 30s', 'maxHold: 30s, blindAfter: 15s');
  const plan = measured({ ...(await world.plan()), policy: policyOf(`${text}holdback: 4\n`) });
  const { id } = value(await world.migrations.begin(plan)).plan;
  const follow = (state: MigrationState): void => metrics.follow(state.share);
  const baking = await world.runUntil(id, (state) => {
    follow(state);
    return state.phase.phase === 'observing' && state.share > 25;
  });
  expect(baking.share).toBe(96);
  expect(world.standing('www.example.com.').map((record) => record.split(' ')[2])).toEqual(['4', '96']);
  const state = await world.runUntil(id, (seen) => {
    follow(seen);
    return false;
  });
  expect(state.phase.phase).toBe('completed');
  expect(world.standing('www.example.com.')).toEqual([`CNAME ${albTarget} 5`]);
});

describe('probes beside metrics', () => {
  test('some that fail hold the stage, whatever chance made of them; failing on and on rolls back', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.world.health.target = 'failed';
    await run.world.tick(run.id);
    await run.world.tick(run.id);
    run.world.health.target = 'ok';
    const held = await run.world.state(run.id);
    expect(held).toMatchObject({ share: 25, phase: { phase: 'observing' } });
    run.world.health.target = 'failed';
    const state = await run.until(() => false);
    expect(state.phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(state.phase).toMatchObject({
      because: expect.stringMatching(/6 of 6 failed|most of it from probes/) as unknown,
    });
  });
});

describe('a source of metrics in trouble', () => {
  test.each(['denied', 'throws', 'silent'] as const)(
    'fault 48: a source that is %s for an hour promotes nothing, a person is asked, and probes still roll back',
    async (trouble) => {
      const run = await Measured.begin(calm, {}, toldPolicy);
      await run.observing(25);
      run.metrics.trouble = trouble;
      expect(await run.end()).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
      expect(pages(run.world)).toEqual([asked]);
      run.world.pass(3_600_000);
      await run.world.ticks(run.id, 3);
      expect(await run.world.state(run.id)).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
      run.world.health.target = 'failed';
      const failedAt = run.world.now;
      const { phase } = await run.until(({ phase: now }) => now.phase === 'draining');
      // Three seconds of probes; a source that is silent takes part of every tick.
      expect(run.world.now - failedAt).toBeLessThanOrEqual(8_000);
      expect(phase).toMatchObject({
        rollback: { by: 'guard', because: expect.stringContaining('the target fails its probes') as unknown },
      });
    },
  );

  test('fault 46: garbage is unknown, with the sample shown; it promotes nothing', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.metrics.trouble = 'garbage';
    const state = await run.end();
    expect(state).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
    expect(statusOf(state, instant(run.world.now)).metrics).toContainEqual(
      expect.objectContaining({
        side: 'target',
        status: 'error',
        warnings: ['CloudWatch sent no usable series: NaN at 12:00'],
      }),
    );
  });

  test('that is silent costs a tick no more than its time', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.metrics.trouble = 'silent';
    const before = run.world.now;
    await run.world.tick(run.id, 0);
    expect(run.world.now - before).toBeLessThanOrEqual(1_000);
  });

  test('the reason for a refusal is shown where people look for it', async () => {
    const run = await Measured.begin(calm);
    await run.observing(25);
    run.metrics.trouble = 'denied';
    const state = await run.world.state(run.id);
    expect(statusOf(state, instant(run.world.now)).metrics).toContainEqual(
      expect.objectContaining({
        side: 'target',
        status: 'denied',
        warnings: ['GetMetricData is not allowed'],
      }),
    );
  });
});

test('fault 49: traffic falls to nothing at night, so nothing is promoted and nothing is rolled back', async () => {
  const run = await Measured.begin(calm, {}, toldPolicy);
  const from = (await run.observing(25)).latest?.at ?? 0;
  run.metrics.traffic = (side, at, share) => (at > from ? { n: 0, e: 0 } : calm(side, at, share));
  const state = await run.end();
  expect(state).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
  expect(pages(run.world)).toEqual([asked]);
});

test('fault 45: a bucket that is revised is judged again', async () => {
  const run = await Measured.begin(calm);
  const from = (await run.observing(25)).latest?.at ?? 0;
  let revisedTo = 0;
  run.metrics.traffic = (side, at, share) => {
    const usual = calm(side, at, share);
    // What comes after the revision is as good as ever.
    return side === 'target' && usual !== null && at > from && at <= revisedTo
      ? { n: usual.n, e: usual.n / 2 }
      : usual;
  };
  await run.world.ticks(run.id, 4);
  const { share, latest } = await run.world.state(run.id);
  expect(share).toBe(25);
  revisedTo = (latest?.at ?? 0) - 2_000;
  expect((await run.end()).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
});

describe('several migrations at once', () => {
  test('are read together, and each gets its own numbers', async () => {
    const world = new World();
    const metrics = new MemoryMetrics(world, calm);
    const names = ['api', 'www', 'shop'].map((label) => value(hostName(`${label}.example.com`)));
    world.write(
      names
        .slice(0, 1)
        .concat(names.slice(2))
        .map((name) => ({
          action: 'CREATE',
          record: cname(name.slice(0, -1), herokuTarget, 5),
        })),
    );
    world.zones.propagateNow();
    for (const name of names) {
      const plan = measured({ ...(await world.plan({ hosts: [move(name)] })), policy: metricsPolicy });
      value(await world.migrations.begin(plan));
    }
    const outcomes: string[] = [];
    const controller = world.migrations.controller({
      ticked: (id) => outcomes.push(id),
      skipped: (_id, skipped) => outcomes.push(skipped.message),
      failed: (_id, error) => outcomes.push(String(error)),
    });
    await controller.wake(new AbortController().signal);
    await controller.idle();
    expect(outcomes).toHaveLength(3);
    expect(metrics.calls).toBe(1);
    for (const { id } of await world.store.list()) {
      const entries = await world.journal(id);
      const read = entries.flatMap(({ event }) =>
        event.type === 'observed' ? event.observation.metrics : [],
      );
      expect(read.map(({ host, side }) => `${host} ${side}`)).toHaveLength(2);
      expect(read[0]?.buckets.length).toBe(1440);
    }
  });
});

describe('before the first stage', () => {
  test("a load balancer that serves another site's thousands is recognised", async () => {
    const run = await Measured.begin((side, at, share) =>
      side === 'target' ? { n: 1000, e: 0 } : calm(side, at, share),
    );
    const state = await run.end();
    expect(state).toMatchObject({ share: 0, phase: { phase: 'waiting' } });
    expect(state.phase).toMatchObject({ because: expect.stringContaining("another site's") as unknown });
  });

  test('a target that is said to be shared moves on, but only a person promotes', async () => {
    const run = await Measured.begin(
      (side, at, share) => {
        const own = calm(side, at, share);
        return side === 'target' && own !== null ? { n: own.n + 1000, e: own.e + 1 } : own;
      },
      { sharedTarget: true },
    );
    const state = await run.end();
    expect(state).toMatchObject({ share: 10, phase: { phase: 'waiting' } });
    expect(state.phase).toMatchObject({
      because: expect.stringContaining('only a person promotes') as unknown,
    });
  });

  test('a source that nothing is known of holds at 0 and asks', async () => {
    const run = await Measured.begin(() => null);
    expect(await run.end()).toMatchObject({ share: 0, phase: { phase: 'waiting' } });
  });
});

describe('a person who is asked', () => {
  test('approves once: this stage is left, and the next one asks again', async () => {
    const run = await Measured.begin(() => ({ n: 0, e: 0 }));
    await run.end();
    value(await run.world.migrations.approve(run.id, operator));
    const state = await run.until(({ share }) => share === 25);
    expect(state.approval).toBeNull();
    expect(run.world.events.map((event) => (event.type === 'intent-opened' ? event.because : ''))).toContain(
      'approved by ann: a test',
    );
    expect(await run.end()).toMatchObject({ share: 25, phase: { phase: 'waiting' } });
  });

  test('cannot approve what does not wait', async () => {
    const run = await Measured.begin(calm);
    await run.observing(10);
    const refused = await run.world.migrations.approve(run.id, operator);
    expect(refused).toMatchObject({ ok: false, error: { reason: 'conflict' } });
  });
});

test('every decision is made again from the journal alone', async () => {
  const run = await Measured.begin(calm);
  await run.observing(25);
  run.metrics.traffic = users((side) => (side === 'target' ? 100 : 1));
  await run.end();
  const events = (await run.world.journal(run.id)).map(({ event }) => event);
  const requested = events.findIndex(({ type }) => type === 'rollback-requested');
  const before = replay(events.slice(0, requested));
  expect(decide(before)[0]).toEqual(events[requested]);
});

test('a bucket stands in the journal once, and again only when it was revised', async () => {
  const run = await Measured.begin(calm);
  await run.observing(25);
  const journal = await run.world.journal(run.id);
  const seen = journal.flatMap(({ event }) =>
    event.type === 'observed' ? event.observation.metrics.filter(({ side }) => side === 'source') : [],
  );
  const times = seen.flatMap(({ buckets }) => buckets.map(({ at }) => at));
  expect(new Set(times).size).toBe(times.length);
  expect(times.length).toBeGreaterThan(180);
});
