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

/** One moment of a rollback, and what is true from it on. */
export interface RollbackMoment {
  readonly name: 'accepted' | 'INSYNC' | 'clean' | 'tail';
  /** Since the request; null where it was not waited for. */
  readonly afterMs: number | null;
  /** In plain words, at most 49 columns. */
  readonly meaning: string;
}

/** Each moment with what it means, in the order in which they are told; `now` says whether caches have forgotten by then. */
export function rollbackMoments(times: RollbackTimes, now: number): readonly RollbackMoment[] {
  const { requestedAt, acceptedAt, insyncAt, cleanAt, tailEndsAt } = times;
  const after = (at: Instant): number => at - requestedAt;
  const isForgotten = now >= tailEndsAt;
  return [
    { name: 'accepted', afterMs: after(acceptedAt), meaning: 'Route 53 took the change' },
    // Clean is told by the name servers, and may be so before Route 53 has said INSYNC.
    insyncAt === null
      ? { name: 'INSYNC', afterMs: null, meaning: 'all servers of Route 53 have it: not waited for' }
      : { name: 'INSYNC', afterMs: after(insyncAt), meaning: 'all servers of Route 53 have it' },
    { name: 'clean', afterMs: after(cleanAt), meaning: 'no name server hands out the target' },
    {
      name: 'tail',
      afterMs: after(tailEndsAt),
      meaning: isForgotten
        ? 'caches that keep to the TTL forgot the target'
        : 'then caches that keep to the TTL forget it',
    },
  ];
}

/**
 * The same in one sentence, for a history and a message: `Route 53 took the change 0.2s after the request, all its servers had it
 * (INSYNC) after 2s, no name server handed out the target (clean) after 4.1s, and caches that keep to the TTL have forgotten it after 1m2s`.
 */
export function describeRollbackTimes({
  requestedAt,
  acceptedAt,
  insyncAt,
  cleanAt,
  tailEndsAt,
}: RollbackTimes): string {
  const after = (at: Instant): string => span(at - requestedAt);
  return [
    `Route 53 took the change ${after(acceptedAt)} after the request`,
    ...(insyncAt === null ? [] : [`all its servers had it (INSYNC) after ${after(insyncAt)}`]),
    `no name server handed out the target (clean) after ${after(cleanAt)}`,
    `and caches that keep to the TTL have forgotten it after ${after(tailEndsAt)}`,
  ].join(', ');
}

/** To a tenth of a second while that matters: `4.1s`, `1m2s`. */
function span(ms: number): string {
  const tenths = Math.round(ms / 100);
  return tenths < 600 ? `${tenths / 10}s` : formatDuration(Math.round(ms / 1000) * 1000);
}
