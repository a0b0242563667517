import type { ToldLog } from './told-log.js';

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

/** A metric that CloudWatch has, under one set of dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly unit: 'Count' | 'Seconds';
  /** Calls `visit` with every sample of the window. */
  visit(window: MetricWindow, visit: (second: number, sample: number) => void): void;
}

/** A metric whose samples are made of the entries of a log; undefined is no sample. */
export function metricOf<T>(
  identity: Omit<Metric, 'visit'>,
  log: ToldLog<T>,
  sampleOf: (entry: T) => number | undefined,
): Metric {
  return {
    ...identity,
    visit: (window, visit) =>
      log.visit(window, (second, entry) => {
        const sample = sampleOf(entry);
        if (sample !== undefined) visit(second, sample);
      }),
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
