import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { describeRemains, sourceInUse, sourceRemains } from '../../src/core/source-remains.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { remainsLines } from '../../src/cli/render/status-remains.js';
import { measured, MemoryMetrics, type Traffic } from './memory-metrics.js';
import { policyOf, policyText, value, World } from './world.js';

/** One stage, so that everything is at the target at once, and buckets of ten seconds. */
function policy(more: string): ReturnType<typeof policyOf> {
  const text = policyText
    .replace('[10, 25, 50, 100]', '[100]')
    .replace('bucketSeconds: 1', 'bucketSeconds: 10')
    .replace('settleDelay: 1s', 'settleDelay: 10s')
    .replace('bake: 10s', 'bake: 3m')
    .replace('tickEvery: 1s', 'tickEvery: 10s')
    .replace('gapAfter: 10s', 'gapAfter: 60s')
    .replace('evidence: probes, maxHold: 30s', 'maxHold: 2m, blindAfter: 10m, budget: 0.2');
  return policyOf(`${text}${more}`);
}

class Ending {
  readonly world = new World();
  /** Users who still reach the source in each bucket of ten seconds once the target has everything. */
  private readonly left: [number, number | null][] = [[0, 20]];
  private readonly metrics: MemoryMetrics;

  constructor() {
    const traffic: Traffic = (side, at, share) => {
      if (side === 'target') return { n: share === 100 ? 5_000 : 0, e: 0 };
      if (share === 0) return { n: 5_000, e: 0 };
      const left = this.left.findLast(([since]) => since <= at)?.[1] ?? null;
      return left === null ? null : { n: left, e: 0 };
    };
    this.metrics = new MemoryMetrics(this.world, traffic);
  }

  /** From now on so many are left in each bucket; null when nobody counts them. */
  leave(left: number | null): void {
    this.left.push([this.world.now, left]);
  }

  async begin(more: string): Promise<string> {
    const plan = measured({ ...(await this.world.plan()), policy: policy(more) });
    return value(await this.world.migrations.begin(plan)).plan.id;
  }

  async ticks(id: string, count: number): Promise<MigrationState> {
    let { state } = await this.world.tick(id, 0);
    for (let ticks = 0; ticks < count; ticks += 1) {
      this.metrics.follow(state.share);
      ({ state } = await this.world.tick(id, 10_000));
    }
    return state;
  }

  view(state: MigrationState): string {
    const now = instant(this.world.now);
    const lines = remainsLines(statusOf(state, now), 200, now);
    return lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
  }
}

describe('where the policy finalizes once hardly anybody reaches the source', () => {
  const quiet = 'finalizeWhen: { sourceBelow: 30, for: 3m }\n';

  test('it waits for as long as they do, without asking anybody, and the numbers are told', async () => {
    const ending = new Ending();
    const id = await ending.begin(quiet);
    const state = await ending.ticks(id, 60);
    expect(state).toMatchObject({ share: 100, held: 'source-in-use', phase: { phase: 'observing' } });
    expect(ending.view(state)).toMatch(/the source still gets 120 requests a minute, counted \d+\w+ ago$/m);
    const told = statusOf(state, instant(ending.world.now)).because;
    expect(told).toMatch(/^the source still gets 120 requests a minute; .*below 30 a minute for 3m$/);
  });

  test('it ends once they have been few for long enough, and the history says how many were left', async () => {
    const ending = new Ending();
    const id = await ending.begin(quiet);
    await ending.ticks(id, 60);
    ending.leave(1);
    const soon = await ending.ticks(id, 16);
    expect(soon).toMatchObject({ held: 'source-in-use', phase: { phase: 'observing' } });
    expect(ending.view(soon)).toMatch(/[56] requests a minute, .*below 30 for [12]m/);
    const state = await ending.ticks(id, 40);
    expect(state.phase.phase).toBe('completed');
    const completed = ending.world.events.find(
      (event): event is Event & { type: 'completed' } => event.type === 'completed',
    );
    // The provider counts probes in its own buckets, so one more or less of them is taken off.
    expect(completed?.remains).toMatch(/^the source still gets [56] requests a minute$/);
    expect(ending.view(state)).toContain('rollback is possible while the source stands');
  });

  test('until the first full minute is counted it says so everywhere, and not that nobody knows', async () => {
    const ending = new Ending();
    const id = await ending.begin(quiet);
    await ending.world.runUntil(id, ({ share }) => share === 100);
    const early = await ending.ticks(id, 3);
    expect(ending.view(early)).toContain('what still reaches the source is not counted yet');
    const now = instant(ending.world.now);
    const told = [
      describeRemains(sourceRemains(early, now), now),
      sourceInUse(early, early.plan.hosts[0]!, now)?.because,
    ];
    for (const text of told) expect(text).toMatch(/^what still reaches the source is not counted yet/);
    expect(ending.view(await ending.ticks(id, 20))).toContain('the source still gets 120 requests a minute');
  });

  test('a source of which nothing is heard in all that time is not known, and neither is one that nobody counts', async () => {
    const silent = new Ending();
    silent.leave(null);
    const id = await silent.begin(quiet);
    expect(silent.view(await silent.ticks(id, 60))).toContain('what still reaches the source is not known');
    const world = new World();
    const state = await world.runUntil(await world.startedAt(50), ({ share }) => share === 100);
    expect(state.phase.phase).toBe('settling');
    expect(sourceRemains(state, instant(world.now))).toMatchObject([{ notCountedYet: false }]);
  });

  test('a source that nobody counts any more is not a quiet one', async () => {
    const ending = new Ending();
    const id = await ending.begin(quiet);
    await ending.ticks(id, 60);
    ending.leave(null);
    const state = await ending.ticks(id, 30);
    expect(state).toMatchObject({ share: 100, phase: { phase: 'observing' } });
    expect(statusOf(state, instant(ending.world.now)).because).toContain(
      'nobody knows what still reaches the source',
    );
  });
});

test('without such a policy it ends as ever, whatever still reaches the source', async () => {
  const ending = new Ending();
  const state = await ending.ticks(await ending.begin(''), 60);
  expect(state.phase.phase).toBe('completed');
  expect(ending.view(state)).toContain('the source still gets 120 requests a minute');
});

test.each([
  ['holdback: 5\n', 'a holdback of 5 keeps sending requests to the source'],
  ['gate: { evidence: probes }\n', 'needs the requests of users to be counted'],
])('a policy that could never end is refused: %s', (more, expected) => {
  expect(() => policyOf(`stages: [10, 100]\nfinalizeWhen: { sourceBelow: 5 }\n${more}`)).toThrow(expected);
});
