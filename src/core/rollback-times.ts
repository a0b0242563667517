import { formatDuration, type Instant } from './time.js';

/** When a rollback reached each of its milestones. */
export interface RollbackTimes {
  readonly requestedAt: Instant;
  readonly acceptedAt: Instant;
  readonly insyncAt: Instant | null;
  /** No name server hands out the target from here on. */
  readonly cleanAt: Instant;
  /** Caches that keep to the TTL have forgotten the target by then. */
  readonly tailEndsAt: Instant;
}

/** The same words wherever a rollback is told: what was measured from the request on, and the tail that is expected. */
export function describeRollbackTimes(times: RollbackTimes): string {
  const since = (at: Instant | null): string =>
    at === null ? 'not waited for' : span(at - times.requestedAt);
  const { acceptedAt, insyncAt, cleanAt, tailEndsAt } = times;
  return `accepted after ${since(acceptedAt)}, INSYNC ${since(insyncAt)}, clean ${since(cleanAt)}; caches that keep to the TTL have forgotten the target ${since(tailEndsAt)} after the request`;
}

/** To a tenth of a second while that matters: `4.1s`, `1m2s`. */
function span(ms: number): string {
  const tenths = Math.round(ms / 100);
  return tenths < 600 ? `${tenths / 10}s` : formatDuration(Math.round(ms / 1000) * 1000);
}
