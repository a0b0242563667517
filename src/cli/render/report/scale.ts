/** Steps of a time axis that people count in. */
const timeStepsMs: readonly number[] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800]
  .concat([21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000])
  .map((seconds) => seconds * 1_000);

const maxTimeTicks = 8;

/** Round moments (UTC) in a span of time, at most eight. */
export function timeTicks(from: number, to: number): number[] {
  const longest = timeStepsMs.at(-1) ?? 1;
  const step = timeStepsMs.find((candidate) => (to - from) / candidate <= maxTimeTicks) ?? longest;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: Math.min(count, 2 * maxTimeTicks) }, (_, index) => first + index * step);
}

/** `18:42`, with seconds where the axis is short, with the day where it is long; UTC, because a report is read elsewhere. */
export function timeLabel(at: number, spanMs: number): string {
  const iso = new Date(at).toISOString();
  if (spanMs > 2 * 86_400_000) return `${iso.slice(5, 10)} ${iso.slice(11, 16)}`;
  return spanMs < 600_000 ? iso.slice(11, 19) : iso.slice(11, 16);
}

/** The end of a percentage axis that has room for `rate`; where nothing failed, a percent. */
export function percentTop(rate: number): number {
  const percent = rate > 0 ? Math.min(100, rate * 100) : 1;
  return [0.1, 0.2, 0.4, 1, 2, 4, 10, 20, 40, 100].find((top) => percent <= top) ?? 100;
}
