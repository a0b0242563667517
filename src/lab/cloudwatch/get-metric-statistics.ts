import { isPeriod, samplesByPeriod, windowOf } from './data-points.js';
import type { Input } from './input.js';
import { findMetric, type Metric } from './metric.js';
import { timestamp, type Output, type OutputMembers } from './output.js';
import { CloudWatchRefusal, invalidParameterValue } from './refusal.js';
import { extendedStatisticOf, simpleStatistics, statisticOf, type Statistic } from './statistic.js';
import { readMetric } from './wanted-metric.js';

/** Data points of one answer (Amazon CloudWatch API Reference, "GetMetricStatistics"). */
const maxDataPoints = 1_440;

/** GetMetricStatistics: the older operation, one metric per call, which does not keep to any order. */
export function getMetricStatistics(metrics: readonly Metric[], input: Input, nowMs: number): OutputMembers {
  const wanted = readMetric(input);
  const times = {
    startMs: input.requiredInstantMs('StartTime'),
    endMs: input.requiredInstantMs('EndTime'),
    nowMs,
  };
  const periodSeconds = input.requiredInteger('Period');
  checkTimes(times, periodSeconds);
  const simple = namedStatistics(input.texts('Statistics'), (name) =>
    simpleStatistics.includes(name) ? statisticOf(name) : undefined,
  );
  const extended = namedStatistics(input.texts('ExtendedStatistics'), extendedStatisticOf);
  if (simple.length === 0 && extended.length === 0) {
    throw new CloudWatchRefusal(
      'InvalidParameterCombination',
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  }
  const unit = input.text('Unit');
  const metric = findMetric(metrics, wanted);
  if (metric === undefined || (unit !== undefined && unit !== metric.unit)) {
    return { Label: wanted.name, Datapoints: [] };
  }
  const periods = samplesByPeriod(metric, windowOf(times, periodSeconds), periodSeconds);
  const points = periods.map(({ second, samples }): Output => {
    const valuesOf = (named: readonly NamedStatistic[]): OutputMembers =>
      Object.fromEntries(named.map(({ name, statistic }) => [name, statistic(samples)]));
    return {
      Timestamp: timestamp(second),
      ...valuesOf(simple),
      Unit: metric.unit,
      ExtendedStatistics: extended.length === 0 ? undefined : valuesOf(extended),
    };
  });
  return { Label: wanted.name, Datapoints: unordered(points) };
}

interface NamedStatistic {
  readonly name: string;
  readonly statistic: Statistic;
}

function namedStatistics(
  names: readonly string[],
  find: (name: string) => Statistic | undefined,
): readonly NamedStatistic[] {
  return names.map((name) => {
    const statistic = find(name);
    if (statistic === undefined) throw invalidParameterValue(`The statistic ${name} is not supported.`);
    return { name, statistic };
  });
}

function checkTimes({ startMs, endMs }: { startMs: number; endMs: number }, periodSeconds: number): void {
  const seconds = Math.floor(endMs / 1_000) - Math.floor(startMs / 1_000);
  if (seconds === 0) throw invalidParameterValue('The parameter StartTime must not equal parameter EndTime.');
  if (seconds < 0)
    throw invalidParameterValue('The parameter StartTime must be less than the parameter EndTime.');
  if (!isPeriod(periodSeconds)) {
    throw invalidParameterValue('The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.');
  }
  const asked = Math.ceil(seconds / periodSeconds);
  if (asked > maxDataPoints) {
    const text = `You have requested up to ${asked} datapoints, which exceeds the limit of ${maxDataPoints}.`;
    throw new CloudWatchRefusal('InvalidParameterCombination', text);
  }
}

/** Every second one first: as the reference warns, points come in no order of time. */
function unordered(points: readonly Output[]): readonly Output[] {
  return [...points.filter((_, index) => index % 2 === 1), ...points.filter((_, index) => index % 2 === 0)];
}
