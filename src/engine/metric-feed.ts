import { interpret } from '../core/metric/interpretation.js';
import type { MetricQuery, MetricSourceKind } from '../core/metric/metric-query.js';
import type { MetricReport } from '../core/metric/metric-report.js';
import type { MetricSeries, MetricWindow } from '../core/metric/metric-series.js';
import { bucketOf, sideRecord } from '../core/metric/side-record.js';
import type { MigrationState } from '../core/migration-state.js';
import type { SideName } from '../core/probe.js';
import type { RecordName } from '../core/record-name.js';
import { instant, type Instant } from '../core/time.js';
import { withDeadline } from './deadline.js';
import type { Clock, MetricSource, ServerTime } from './ports.js';
import { inLocalTime, inServerTime, shiftOf } from './server-window.js';

/** Where a tick gets the metrics since the tick before. */
export interface MetricFeed extends AsyncDisposable {
  /** Begins to read for many migrations in as few calls as possible; the next `collect` of each waits for its part. */
  prepare(states: readonly MigrationState[], signal: AbortSignal): void;
  /** Every bucket of the window of each side, whether or not it says something new. Never rejects. */
  collect(state: MigrationState, signal: AbortSignal): Promise<readonly MetricReport[]>;
}

/** A feed for migrations that are judged by probes alone. */
export const noMetrics: MetricFeed = {
  prepare: () => undefined,
  collect: () => Promise.resolve([]),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/**
 * Buckets of the source's past that a new migration reads: what its usual rate of errors is made from. A day of minutes, because traffic and
 * errors go with the hours, and a few hours of night would make a false measure for the day.
 */
const historyBuckets = 1440;
/** Buckets that are read again, because providers revise what they have published. */
const rereadBuckets = 10;
/** A controller that was away reads no further back than this. */
const maxBuckets = 1440;
/** A window above this reads the past of a new migration; it is asked for apart, or every other would ask for as much. */
const longWindowBuckets = 60;
/** What was read for many is used within this time, or within a tick of the migration where that is longer; then it is read again. */
const preparedForMs = 30_000;

const sides: readonly SideName[] = ['source', 'target'];

/** Reads the metrics of migrations from their sources, one call of a source for all migrations that ask alike. */
export class SourceFeed implements MetricFeed {
  readonly #source: (kind: MetricSourceKind) => Promise<MetricSource>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #prepared = new Map<string, { untilMs: number; reports: Promise<readonly MetricReport[]> }>();
  readonly #close: () => Promise<void>;
  readonly #serverTime: ServerTime;

  constructor(options: {
    readonly source: (kind: MetricSourceKind) => Promise<MetricSource>;
    readonly clock: Clock;
    /** The longest that one reading may take; a source that is slower has told nothing. */
    readonly timeoutMs: number;
    readonly close: () => Promise<void>;
    /** Windows are asked for by the time of those who are asked; without it this machine's is taken for theirs. */
    readonly serverTime?: ServerTime;
  }) {
    this.#source = options.source;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
    this.#close = options.close;
    this.#serverTime = options.serverTime ?? { offsetMs: () => 0 };
  }

  prepare(states: readonly MigrationState[], signal: AbortSignal): void {
    const measured = states.filter(isMeasured);
    if (measured.length < 2) return;
    const reading = this.#read(measured, signal);
    const nowMs = this.#clock.monotonicMs();
    measured.forEach((state, index) => {
      const untilMs = nowMs + Math.max(preparedForMs, state.plan.policy.tickEveryMs);
      const reports = reading.then((all) => all[index] ?? []);
      this.#prepared.set(state.plan.id, { untilMs, reports });
    });
  }

  async collect(state: MigrationState, signal: AbortSignal): Promise<readonly MetricReport[]> {
    const { id } = state.plan;
    const prepared = this.#prepared.get(id);
    this.#prepared.delete(id);
    if (prepared !== undefined && prepared.untilMs > this.#clock.monotonicMs()) return prepared.reports;
    if (!isMeasured(state)) return [];
    return (await this.#read([state], signal))[0] ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #read(
    states: readonly MigrationState[],
    signal: AbortSignal,
  ): Promise<readonly (readonly MetricReport[])[]> {
    const now = this.#clock.now();
    const windows = states.map((state) => windowOf(state, now));
    const groups = new Map<string, Asked[]>();
    states.forEach((state, index) => {
      for (const { metrics } of state.plan.hosts)
        for (const query of metrics?.queries ?? []) {
          const window = windows[index];
          if (window === undefined) continue;
          const isLong = window.end - window.start > longWindowBuckets * window.bucketMs;
          const key = `${query.spec.source} ${window.bucketMs} ${isLong ? 'past' : 'news'}`;
          const group = groups.get(key) ?? [];
          groups.set(key, group);
          group.push({ migration: index, query, window });
        }
    });
    const answers = (await Promise.all([...groups.values()].map((group) => this.#ask(group, signal)))).flat();
    return states.map((state, index) => {
      const own = answers.filter(({ migration }) => migration === index);
      return reportsOf(state, windows[index] ?? emptyWindow, own);
    });
  }

  /** One call of one source. A source that does not answer in time, or breaks its word and throws, has told nothing. */
  async #ask(group: readonly Asked[], signal: AbortSignal): Promise<readonly Answered[]> {
    const [first] = group;
    if (first === undefined) return [];
    const window = {
      start: instant(Math.min(...group.map((asked) => asked.window.start))),
      end: instant(Math.max(...group.map((asked) => asked.window.end))),
      bucketMs: first.window.bucketMs,
    };
    const queries = group.map(({ query }, index) => ({ ...query, id: `q${index}` }));
    const shift = shiftOf(this.#serverTime.offsetMs(), window.bucketMs);
    const stop = new AbortController();
    const kind = first.query.spec.source;
    const reading = this.#source(kind).then((source) =>
      source.read(queries, inServerTime(window, shift), AbortSignal.any([signal, stop.signal])),
    );
    const told = await withDeadline(reading, this.#timeoutMs, this.#clock);
    stop.abort();
    return group.map((asked, index) => {
      const trouble = told.ok ? 'no series for a query' : told.error;
      const silence: MetricSeries = {
        id: `q${index}`,
        points: [],
        status: 'error',
        settledTo: window.start,
        warnings: [`${kind}: ${trouble}`],
      };
      const series = told.ok ? told.value[index] : undefined;
      return { ...asked, series: series === undefined ? silence : inLocalTime(series, shift) };
    });
  }
}

interface Asked {
  readonly migration: number;
  readonly query: MetricQuery;
  readonly window: MetricWindow;
}

interface Answered extends Asked {
  readonly series: MetricSeries;
}

const emptyWindow: MetricWindow = {
  start: instant(0),
  end: instant(0),
  bucketMs: 1 as MetricWindow['bucketMs'],
};

function isMeasured({ plan }: MigrationState): boolean {
  return plan.hosts.some(({ metrics }) => (metrics?.queries.length ?? 0) > 0);
}

/** From what was not read yet, a little earlier, up to the youngest bucket that has settled. */
function windowOf(state: MigrationState, now: Instant): MetricWindow {
  const { bucketMs, settleDelayMs } = state.plan.policy;
  const end = bucketOf(instant(now - settleDelayMs), bucketMs);
  const readTo = state.plan.hosts.flatMap(({ host }) =>
    sides.map((side) => sideRecord(state.records, host, side).readTo),
  );
  const known = readTo.every((at) => at !== null);
  const from = known ? Math.min(...readTo) - rereadBuckets * bucketMs : end - historyBuckets * bucketMs;
  return { start: instant(Math.max(from, end - maxBuckets * bucketMs)), end, bucketMs };
}

function reportsOf(
  state: MigrationState,
  window: MetricWindow,
  answers: readonly Answered[],
): readonly MetricReport[] {
  return state.plan.hosts.flatMap(({ host, metrics }) =>
    metrics === undefined ? [] : sides.map((side) => reportOf(host, side, window, answers)),
  );
}

function reportOf(
  host: RecordName,
  side: SideName,
  window: MetricWindow,
  answers: readonly Answered[],
): MetricReport {
  const own = answers.filter(({ query }) => query.host === host && query.side === side);
  return interpret({ host, side }, own, window, window.end);
}
