import type { Policy } from '../policy/policy.js';
import type { AddressFamily, ProbeOutcome, SideName } from '../probe.js';
import { outcomesSince, type ProbeHistory } from '../probe-history.js';
import type { RecordName } from '../record-name.js';
import { elapsed, instant, type Instant } from '../time.js';
import type { FamilyEvidence, Health, ProbeTally, SideEvidence } from './verdict.js';

/**
 * The three-valued `count of of` rule over one side's latest probes. A side is failing once `count` of its last `of` probes
 * failed, passing only when so many succeeded that the missing and unknown ones could not change that, and unknown otherwise
 * or when the newest probe is older than a gap.
 *
 * A side that is probed over both address families is as healthy as the worse of them: a client takes either.
 */
export function sideEvidence(
  history: ProbeHistory,
  policy: Policy,
  about: { host: RecordName; side: SideName; since: Instant; now: Instant },
): SideEvidence {
  const { host, side, since, now } = about;
  const known = outcomesSince(history, host, side, instant(0));
  const judged = judgedFamilies(known, policy, now);
  const tallyOf = (family: AddressFamily | null): ProbeTally =>
    tallied(
      known.filter((outcome) => outcome.at >= since && countsFor(outcome, family)),
      policy,
      now,
    );
  const [first, second] = judged.map((family): FamilyEvidence => ({ family, ...tallyOf(family) }));
  const leftOut = leftOutFamily(known, judged);
  if (first === undefined) return { host, side, ...tallyOf(null), family: null, families: [], leftOut };
  if (second === undefined) return { host, side, ...first, family: null, families: [], leftOut };
  const worse = severity(second) > severity(first) ? second : first;
  return { host, side, ...worse, families: [first, second], leftOut };
}

/** An outcome that found no address says the same about every family. */
function countsFor(outcome: ProbeOutcome, family: AddressFamily | null): boolean {
  return family === null || outcome.family === undefined || outcome.family === family;
}

/**
 * How many gaps a family is missed, and holds a stage, before it is no longer a part of the side. Its address may be gone for
 * good, or this machine's route to it; neither may hold a migration for ever, and a lost answer must not drop what was failing.
 */
const missedGaps = 3;

/** The families in which something was sent lately. None, when nothing is known about families: then all outcomes are one. */
function judgedFamilies(
  outcomes: readonly ProbeOutcome[],
  { gapAfterMs }: Policy,
  now: Instant,
): readonly AddressFamily[] {
  return (['ipv4', 'ipv6'] as const).filter((family) => {
    const sent = outcomes.findLast((outcome) => outcome.family === family && outcome.noRoute !== true);
    return sent !== undefined && elapsed(sent.at, now) <= missedGaps * gapAfterMs;
  });
}

function leftOutFamily(
  outcomes: readonly ProbeOutcome[],
  judged: readonly AddressFamily[],
): AddressFamily | null {
  const family = outcomes.findLast((outcome) => outcome.noRoute === true)?.family;
  return family === undefined || judged.length === 0 || judged.includes(family) ? null : family;
}

function tallied(outcomes: readonly ProbeOutcome[], policy: Policy, now: Instant): ProbeTally {
  const { count, of } = policy.probes.failed;
  const window = outcomes.slice(-of);
  const ok = window.filter((outcome) => outcome.result === 'ok').length;
  const failed = window.filter((outcome) => outcome.result === 'failed').length;
  const newest = window.at(-1);
  const isStale = newest === undefined || elapsed(newest.at, now) > policy.gapAfterMs;
  return {
    health: health(ok, failed, isStale, count, of),
    ok,
    failed,
    unknown: of - ok - failed,
    lastFailure: window.findLast((outcome) => outcome.result === 'failed') ?? null,
  };
}

function severity({ health }: ProbeTally): number {
  return ['passing', 'unknown', 'failing'].indexOf(health);
}

function health(ok: number, failed: number, isStale: boolean, count: number, of: number): Health {
  if (isStale) return 'unknown';
  if (failed >= count) return 'failing';
  return ok > of - count ? 'passing' : 'unknown';
}
