import type { ToldLog, ToldSecond } from './told-log.js';

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** From which second up to, but without, which; and what is told by `nowMs`. Epoch seconds and milliseconds. */
export interface MetricWindow {
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly nowMs: number;
}

export interface SecondOfSamples {
  /** Epoch second. */
  readonly second: number;
  readonly samples: readonly number[];
}

/** A metric that CloudWatch has, under one set of dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly unit: 'Count' | 'Seconds';
  /** Whether there is any sample that is told by this instant. */
  hasData(nowMs: number): boolean;
  /** The samples of every second of the window; seconds without any are left out. */
  samples(window: MetricWindow): readonly SecondOfSamples[];
}

const none: readonly number[] = [];

/** A metric whose samples are made of the entries of a log; undefined is no sample. */
export function metricOf<T>(
  identity: Omit<Metric, 'hasData' | 'samples'>,
  log: ToldLog<T>,
  sampleOf: (entry: T) => number | undefined,
): Metric {
  // The same windows are asked for again and again; a second of which all is told is looked through once.
  const whole = new WeakMap<ToldSecond<T>, { readonly size: number; readonly samples: readonly number[] }>();
  const samplesOf = (told: ToldSecond<T>, nowMs: number): readonly number[] => {
    const known = whole.get(told);
    const size = told.entries.length;
    if (known?.size === size && nowMs >= told.allToldAtMs) return known.samples;
    const samples = told.entries.flatMap(({ toldAtMs, entry }) =>
      toldAtMs <= nowMs ? (sampleOf(entry) ?? none) : none,
    );
    if (nowMs >= told.allToldAtMs) whole.set(told, { size, samples: samples.length === 0 ? none : samples });
    return samples;
  };
  return {
    ...identity,
    hasData: (nowMs) => [...log.seconds.values()].some((told) => samplesOf(told, nowMs).length > 0),
    samples: ({ fromSecond, toSecond, nowMs }) =>
      [...log.seconds]
        .filter(([second]) => second >= fromSecond && second < toSecond)
        .map(([second, told]) => ({ second, samples: samplesOf(told, nowMs) }))
        .filter(({ samples }) => samples.length > 0),
  };
}

/**
 * The metric with exactly these dimensions. Any other set has no data, which is no error (Elastic Load Balancing guide,
 * "CloudWatch metrics for your Application Load Balancer").
 */
export function findMetric(
  metrics: readonly Metric[],
  wanted: { readonly namespace: string; readonly name: string; readonly dimensions: readonly Dimension[] },
): Metric | undefined {
  const key = dimensionsKey(wanted.dimensions);
  return metrics.find(
    (metric) =>
      metric.namespace === wanted.namespace &&
      metric.name === wanted.name &&
      dimensionsKey(metric.dimensions) === key,
  );
}

function dimensionsKey(dimensions: readonly Dimension[]): string {
  return JSON.stringify(dimensions.map(({ name, value }) => [name, value]).toSorted());
}
