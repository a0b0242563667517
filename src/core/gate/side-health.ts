import type { Policy } from '../policy/policy.js';
import type { ProbeOutcome, SideName } from '../probe.js';
import { outcomesSince, type ProbeHistory } from '../probe-history.js';
import type { RecordName } from '../record-name.js';
import { elapsed, type Instant } from '../time.js';
import type { Health, SideEvidence } from './verdict.js';

/**
 * The three-valued `count of of` rule over one side's latest probes. A side is failing once `count` of its last `of` probes
 * failed, passing only when so many succeeded that the missing and unknown ones could not change that, and unknown otherwise
 * or when the newest probe is older than a gap.
 */
export function sideEvidence(
  history: ProbeHistory,
  policy: Policy,
  about: { host: RecordName; side: SideName; since: Instant; now: Instant },
): SideEvidence {
  const { count, of } = policy.probes.failed;
  const window = outcomesSince(history, about.host, about.side, about.since).slice(-of);
  const ok = window.filter((outcome) => outcome.result === 'ok').length;
  const failed = window.filter((outcome) => outcome.result === 'failed').length;
  const newest = window.at(-1);
  const isStale = newest === undefined || elapsed(newest.at, about.now) > policy.gapAfterMs;
  const lastFailure = window.findLast((outcome: ProbeOutcome) => outcome.result === 'failed') ?? null;
  const { host, side } = about;
  return {
    host,
    side,
    health: health(ok, failed, isStale, count, of),
    ok,
    failed,
    unknown: of - ok - failed,
    lastFailure,
  };
}

function health(ok: number, failed: number, isStale: boolean, count: number, of: number): Health {
  if (isStale) return 'unknown';
  if (failed >= count) return 'failing';
  return ok > of - count ? 'passing' : 'unknown';
}
