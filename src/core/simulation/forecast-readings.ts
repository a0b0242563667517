import { markerText, readMarker } from '../marker.js';
import { entryAt } from '../metric/bucket-log.js';
import type { MeasuredBucket, MetricReport } from '../metric/metric-report.js';
import { sideRecord } from '../metric/side-record.js';
import type { MigrationState } from '../migration-state.js';
import type { NameServerReading } from '../name-server.js';
import type { Observation } from '../observation.js';
import type { HostPlan } from '../plan.js';
import type { SideName } from '../probe.js';
import { instant, plus, type Instant } from '../time.js';
import { without } from './reading-group.js';
import { measuredRates, type MeasuredRates } from './measured-rates.js';

/** The readings of a migration whose share is no longer the journal's. */
export class ForecastReadings {
  readonly #whole: MigrationState;
  readonly #rates: ReadonlyMap<string, MeasuredRates>;
  readonly #divergedAt: Instant;
  readonly #agreeMs: number;
  /** What the target had from when on. */
  readonly #shares: [Instant, number][] = [];
  /** The first bucket of the forecast that has not been read yet. */
  #next: Instant;
  /** Parts of requests that were not whole yet, by host and side. */
  readonly #rest: Map<string, { n: number; e: number }> = new Map();

  /** `whole` is the fold of the whole journal; `agreeMs` is how long a change takes to all name servers. */
  constructor(
    whole: MigrationState,
    { divergedAt, agreeMs }: { readonly divergedAt: Instant; readonly agreeMs: number },
  ) {
    const { bucketMs } = whole.plan.policy;
    this.#whole = whole;
    this.#rates = new Map(whole.plan.hosts.map(({ host }) => [host, measuredRates(whole, host)]));
    this.#divergedAt = divergedAt;
    this.#agreeMs = agreeMs;
    this.#next = instant(Math.floor(divergedAt / bucketMs) * bucketMs);
  }

  /** The reading in place of the journal's, or null when the journal has never measured a side that would get traffic. */
  reading(state: MigrationState, base: Observation): Observation | null {
    if (this.#shares.at(-1)?.[1] !== state.share)
      this.#shares.push([state.latest?.at ?? base.at, state.share]);
    const metrics = this.#metrics(state, base);
    if (metrics === null) return null;
    return {
      ...without(base, ['healthChecks']),
      zone: base.zone.status === 'unknown' ? base.zone : { status: 'expected' },
      change: null,
      nameServers: this.#nameServers(state, base.at),
      metrics,
      nextIntentId: `forecast-${state.generation + 1}-${base.at}`,
    };
  }

  #nameServers(state: MigrationState, at: Instant): NameServerReading[] {
    const { phase, image, plan } = state;
    const settle = 'settle' in phase ? phase.settle : null;
    const isEverywhere = settle === null || at >= plus(settle.acceptedAt, this.#agreeMs);
    return plan.hosts.flatMap(({ host }) => {
      const marker = readMarker(image.find((one) => one.host === host)?.marker ?? []);
      const shown = isEverywhere && marker !== null ? markerText(marker) : null;
      return plan.zone.nameServers.map((server) => ({
        server,
        host,
        answers: {},
        other: 0,
        failed: 0,
        marker: shown,
      }));
    });
  }

  /** What stood before the parting as it was read; every bucket after it with the users that the new share gives each side. */
  #metrics(state: MigrationState, base: Observation): MetricReport[] | null {
    const { bucketMs, settleDelayMs } = state.plan.policy;
    const lastEnd = instant(base.at - settleDelayMs);
    const times: Instant[] = [];
    for (; this.#next + bucketMs <= lastEnd; this.#next = plus(this.#next, bucketMs)) times.push(this.#next);
    const before = base.metrics.map((report) => ({
      ...report,
      buckets: report.buckets.filter(({ at }) => at + bucketMs <= this.#divergedAt),
    }));
    if (times.length === 0) return before.filter(({ buckets }) => buckets.length > 0);
    const reports: MetricReport[] = [];
    for (const host of state.plan.hosts.filter(({ metrics }) => metrics !== undefined)) {
      for (const side of ['source', 'target'] as const) {
        const buckets = times.map((at) => this.#bucket(state, host, side, at));
        if (buckets.some((bucket) => bucket === null)) return null;
        const read = before.find((report) => report.host === host.host && report.side === side);
        reports.push({
          host: host.host,
          side,
          status: 'complete',
          buckets: [...(read?.buckets ?? []), ...buckets.flatMap((bucket) => bucket ?? [])],
          readTo: this.#next,
          warnings: [],
        });
      }
    }
    return reports;
  }

  #bucket(state: MigrationState, { host }: HostPlan, side: SideName, at: Instant): MeasuredBucket | null {
    const share = (this.#shares.findLast(([since]) => since <= at)?.[1] ?? this.#shares[0]?.[1] ?? 0) / 100;
    const part = side === 'target' ? share : 1 - share;
    const rates = this.#rates.get(host);
    const total = rates?.total(at) ?? null;
    const rate = rates?.rate(side, at) ?? null;
    if (total === null || (part > 0 && rate === null)) return null;
    const key = `${host} ${side}`;
    const rest = this.#rest.get(key) ?? { n: 0, e: 0 };
    const due = { n: rest.n + total * part, e: rest.e + total * part * (rate ?? 0) };
    const n = Math.floor(due.n);
    const e = Math.min(n, Math.floor(due.e));
    this.#rest.set(key, { n: due.n - n, e: due.e - e });
    const probes = entryAt(sideRecord(state.records, host, side).probed, at)?.answered ?? { n: 0, e: 0 };
    // Response times and gauges do not hang on the share, as far as anybody can tell beforehand.
    const known = entryAt(sideRecord(this.#whole.records, host, side).measured, at);
    return {
      at,
      requests: { n: n + probes.n, e: e + probes.e },
      slow: null,
      latency: null,
      gauges: known?.gauges ?? {},
    };
  }
}

/** Readings after the journal's last. */
export interface Tape {
  after(at: Instant, tickEveryMs: number): Observation;
}

/** The last readings with probes in them, over and over, as if they were seen now. */
export function tapeOf(observations: readonly Observation[]): Tape {
  const ring = observations.filter(({ probes }) => probes.length > 0).slice(-ringReadings);
  const last = observations.at(-1);
  let turn = 0;
  return {
    after: (at, tickEveryMs) => {
      const next = plus(at, tickEveryMs);
      const seen = ring[turn % Math.max(1, ring.length)] ?? last;
      if (seen === undefined) throw new Error('a journal that parts from another has readings');
      turn += 1;
      const shiftMs = next - seen.at;
      return {
        ...without(seen, ['platforms', 'foundation']),
        at: next,
        monotonicMs: (last?.monotonicMs ?? 0) + (next - (last?.at ?? next)),
        bootId: last?.bootId ?? seen.bootId,
        zone: { status: 'expected' },
        metrics: [],
        probes: seen.probes.map((report) => ({
          ...report,
          outcomes: report.outcomes.map((outcome) => ({ ...outcome, at: plus(outcome.at, shiftMs) })),
        })),
      };
    },
  };
}

const ringReadings = 60;
