/** Makes one number of the samples of a period, of which there is at least one. */
export type Statistic = (samples: readonly number[]) => number;

const simple: Readonly<Record<string, Statistic>> = {
  SampleCount: (samples) => samples.length,
  Sum: sum,
  Average: (samples) => sum(samples) / samples.length,
  Minimum: (samples) => samples.reduce((least, sample) => Math.min(least, sample), Infinity),
  Maximum: (samples) => samples.reduce((most, sample) => Math.max(most, sample), -Infinity),
};

/** The statistics that GetMetricStatistics takes under `Statistics`. */
export const simpleStatistics: readonly string[] = Object.keys(simple);

/** At most this many decimals in `pNN.NN` (Amazon CloudWatch User Guide, "CloudWatch statistics definitions"). */
const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/;
const number = String.raw`\d+(?:\.\d+)?`;
const percentileRank = new RegExp(`^PR\\((${number})?:(${number})?\\)$`);

/** The statistic of this name, or undefined when the lab has none: trimmed and winsorized means are left out. */
export function statisticOf(name: string): Statistic | undefined {
  return Object.hasOwn(simple, name) ? simple[name] : extendedStatisticOf(name);
}

/** A percentile or a percentile rank. */
export function extendedStatisticOf(name: string): Statistic | undefined {
  const percent = percentile.exec(name)?.[1];
  if (percent !== undefined) return Number(percent) <= 100 ? percentileAt(Number(percent)) : undefined;
  const bounds = percentileRank.exec(name);
  if (bounds === null || (bounds[1] === undefined && bounds[2] === undefined)) return undefined;
  return rankBetween(Number(bounds[1] ?? -Infinity), Number(bounds[2] ?? Infinity));
}

/** By the nearest rank, so that the value is one that occurred. */
function percentileAt(percent: number): Statistic {
  return (samples) => {
    const sorted = samples.toSorted((a, b) => a - b);
    const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
    return sorted[rank - 1] ?? Number.NaN;
  };
}

/** Percent of the samples above the lower bound and not above the upper one. */
function rankBetween(lower: number, upper: number): Statistic {
  return (samples) =>
    (100 * samples.filter((sample) => sample > lower && sample <= upper).length) / samples.length;
}

function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}
