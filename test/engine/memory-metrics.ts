import type { Counts } from '../../src/core/gate/metrics/bucket.js';
import type { MetricQuery, MetricRole } from '../../src/core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../src/core/metric/metric-series.js';
import type { HostMetrics, MigrationPlan } from '../../src/core/plan.js';
import { ok } from '../../src/core/result.js';
import type { SideName } from '../../src/core/probe.js';
import type { RecordName } from '../../src/core/record-name.js';
import { instant, type Instant } from '../../src/core/time.js';
import { SourceFeed } from '../../src/engine/metric-feed.js';
import type { MetricSource } from '../../src/engine/ports.js';
import type { World } from './world.js';

/** What users of one side did in one bucket; null when the provider has nothing to say about it. */
export type Traffic = (side: SideName, at: Instant, share: number) => Counts | null;

/** Our own probes of one side in one bucket of the world. */
const probes = 2;

/** A provider in virtual time: `traffic` says what happened, and it can be late or silent. */
export class MemoryMetrics implements MetricSource {
  readonly kind = 'cloudwatch';
  traffic: Traffic;
  lateMs = 0;
  calls = 0;
  /** Instead of answering: refuses, breaks its word and throws, never answers, or sends what no count can be. */
  trouble: 'denied' | 'throws' | 'silent' | 'garbage' | null = null;
  readonly #world: World;
  readonly #shares: [number, number][] = [[0, 0]];

  constructor(world: World, traffic: Traffic) {
    this.#world = world;
    this.traffic = traffic;
    world.metrics = new SourceFeed({
      source: () => Promise.resolve(this),
      clock: world.engine.clock,
      timeoutMs: 1_000,
      close: () => Promise.resolve(),
    });
  }

  /** The users follow the share from now on. */
  follow(share: number): void {
    if (this.#shares.at(-1)?.[1] !== share) this.#shares.push([this.#world.now, share]);
  }

  check(): ReturnType<MetricSource['check']> {
    return Promise.resolve(ok('fine'));
  }

  read(queries: readonly MetricQuery[], window: MetricWindow): Promise<readonly MetricSeries[]> {
    this.calls += 1;
    if (this.trouble === 'throws') return Promise.reject(new Error('a bug in the source'));
    if (this.trouble === 'silent') return new Promise(() => undefined);
    if (this.trouble === 'denied') return nothing(queries, window, 'denied', 'GetMetricData is not allowed');
    if (this.trouble === 'garbage')
      return nothing(queries, window, 'error', 'CloudWatch sent no usable series: NaN at 12:00');
    const newest = Math.min(window.end, this.#world.now - this.lateMs);
    return Promise.resolve(
      queries.map(({ id, side, role }) => {
        const points: [Instant, number][] = [];
        for (let at = window.start; at + window.bucketMs <= newest; at = instant(at + window.bucketMs)) {
          const counts = this.traffic(side, at, this.#shareAt(at));
          if (counts === null) continue;
          const value = role === 'bad' ? counts.e : counts.n + probes;
          if (value > 0) points.push([at, value]);
        }
        return { id, points, status: 'complete', settledTo: instant(newest), warnings: [] };
      }),
    );
  }

  #shareAt(at: Instant): number {
    return this.#shares.findLast(([since]) => since <= at)?.[1] ?? 0;
  }
}

function nothing(
  queries: readonly MetricQuery[],
  window: MetricWindow,
  status: MetricSeries['status'],
  warning: string,
): Promise<readonly MetricSeries[]> {
  const rest = { points: [], status, settledTo: window.start, warnings: [warning] };
  return Promise.resolve(queries.map(({ id }) => ({ id, ...rest })));
}

/** The plan with every host measured on both sides. */
export function measured(plan: MigrationPlan, change: Partial<HostMetrics> = {}): MigrationPlan {
  return {
    ...plan,
    hosts: plan.hosts.map((host) => ({
      ...host,
      metrics: {
        queries: (['source', 'target'] as const).flatMap((side) => [
          query(host.host, side, 'bad'),
          query(host.host, side, 'total'),
        ]),
        gauges: [],
        sharedTarget: false,
        ...change,
      },
    })),
  };
}

export function query(host: RecordName, side: SideName, role: MetricRole): MetricQuery {
  const whenMissing = role === 'bad' ? 'zero-if-sentinel' : 'unknown';
  const spec = {
    source: 'cloudwatch',
    region: 'eu-west-1',
    namespace: 'AWS/ApplicationELB',
    metricName: role,
    dimensions: { LoadBalancer: `app/${side}/1` },
    statistic: 'Sum',
  } as const;
  return { id: `${side}-${role}`, host, side, role, unit: 'count', whenMissing, name: role, spec };
}
