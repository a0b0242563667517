import type { StageTimes } from './migration-state.js';
import type { Observing } from './phase.js';
import type { Instant } from './time.js';

/** The times once the latest stage has settled. The take-over gives the target nothing, so it has no times of its own. */
export function settledStage(
  times: readonly StageTimes[],
  { stage, dwellFrom }: Observing,
): readonly StageTimes[] {
  const last = times.at(-1);
  if (stage < 0 || last === undefined) return times;
  return [...times.slice(0, -1), { ...last, settledFrom: dwellFrom }];
}

/** The times after a gap: nothing from before `from` counts towards a promotion any more, in whatever stage it was seen. */
export function settledAgain(times: readonly StageTimes[], from: Instant): readonly StageTimes[] {
  return times.map((one) => (one.settledFrom === null ? one : { ...one, settledFrom: from }));
}
