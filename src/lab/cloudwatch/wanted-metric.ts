import type { Input } from './input.js';
import type { Dimension } from './metric.js';

/** A metric and its dimensions, as a request names them. */
export interface WantedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

export function readMetric(input: Input): WantedMetric {
  return {
    namespace: input.requiredText('Namespace'),
    name: input.requiredText('MetricName'),
    dimensions: input.list('Dimensions').map((dimension) => ({
      name: dimension.requiredText('Name'),
      value: dimension.requiredText('Value'),
    })),
  };
}
