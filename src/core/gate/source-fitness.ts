import type { MigrationState } from '../migration-state.js';
import type { HostPlan } from '../plan.js';
import { familyName } from '../probe.js';
import { outcomesSince } from '../probe-history.js';
import { displayName, type RecordName } from '../record-name.js';
import { instant, plus, type Instant } from '../time.js';
import { sideEvidence } from './side-health.js';
import type { SideEvidence } from './verdict.js';

/** How far back the source must have been healthy before an automatic rollback sends everything to it. */
const sourceCheckMs = 120_000;

/** Source and target of one host by their latest probes; `since` leaves out what was asked before it. */
export function sidesOf(
  state: MigrationState,
  host: RecordName,
  since: Instant,
  now: Instant,
): [SideEvidence, SideEvidence] {
  const of = (side: 'source' | 'target'): SideEvidence =>
    sideEvidence(state.probes, state.plan.policy, { host, side, since, now });
  return [of('source'), of('target')];
}

/** `3 of 6 failed`, with what is missing named; `IPv6: 3 of 6 failed` where the side is probed over both families. */
export function tally(side: SideEvidence): string {
  const family = side.family === null ? '' : `${familyName(side.family)}: `;
  const missing = side.unknown > 0 ? `, ${side.unknown} unknown` : '';
  return `${family}${side.failed} of ${side.ok + side.failed + side.unknown} failed${missing}`;
}

/**
 * True when every host may be sent back to its source because nobody answered a question, as a policy may say. Nothing speaks against the
 * target then, so unlike a rollback that the evidence wants it always needs a source that fails no more than the target.
 */
export function isSourceFit(state: MigrationState, now: Instant): boolean {
  return state.plan.hosts.every(({ host }) => {
    const [source, target] = sidesOf(state, host, instant(0), now);
    return sourceIsNoWorse(state, source, target, now);
  });
}

/**
 * Why no host of the group may go back to its source without a person's word, with the numbers of both sides; null when all may. The one
 * place that says so, when a rollback is decided and whenever it is tried again.
 *
 * A source has to be seen alive in the last two minutes, not to fail now, and to fail no more than a target whose probes want the rollback.
 * Where users are counted, what they met is the comparison.
 */
export function sourceObjection(state: MigrationState, now: Instant): string | null {
  const unfit = state.plan.hosts.flatMap((host) => objectionTo(state, host, now) ?? []);
  return unfit.length === 0 ? null : unfit.join('; ');
}

function objectionTo(state: MigrationState, plan: HostPlan, now: Instant): string | null {
  const { host } = plan;
  const [source, target] = sidesOf(state, host, instant(0), now);
  const numbers = `(${tally(source)}; target ${tally(target)})`;
  const at = displayName(host);
  if (source.health === 'failing') return `${at}: the source fails its probes ${numbers}`;
  if (!wasSeenAlive(state, host, now)) return `${at}: the source was not seen alive lately ${numbers}`;
  return isProbedOut(state, plan, target) && !sourceIsNoWorse(state, source, target, now)
    ? `${at}: the source is no better than the target ${numbers}`
    : null;
}

/**
 * True when the probes of a target want it left. Where users are counted, some failing probes are evidence among other evidence: in an outage
 * that both sides share, a handful of probes may hit one side alone by chance. Only a side that answers none of them needs no further proof.
 */
export function isProbedOut(state: MigrationState, { metrics }: HostPlan, target: SideEvidence): boolean {
  if (target.health !== 'failing') return false;
  // Nobody is counted before the first traffic has moved (see `gateInput`).
  if (metrics === undefined || state.stageTimes.length === 0) return true;
  const families = target.families.length > 0 ? target.families : [target];
  return families.some(({ ok, unknown, failed }) => failed > 0 && ok + unknown === 0);
}

/** True when the source answered a probe as it should in the last two minutes. */
function wasSeenAlive(state: MigrationState, host: RecordName, now: Instant): boolean {
  const recent = outcomesSince(state.probes, host, 'source', plus(now, -sourceCheckMs));
  return recent.some(({ result }) => result === 'ok');
}

/** True for a source that was seen alive in the last two minutes and fails no more than the target. */
function sourceIsNoWorse(
  state: MigrationState,
  source: SideEvidence,
  target: SideEvidence,
  now: Instant,
): boolean {
  if (source.health === 'failing' || !wasSeenAlive(state, source.host, now)) return false;
  const recent = outcomesSince(state.probes, source.host, 'source', plus(now, -sourceCheckMs));
  const known = recent.filter((outcome) => outcome.result !== 'unknown');
  const failed = known.filter((outcome) => outcome.result === 'failed').length;
  return failed / known.length <= target.failed / Math.max(1, target.ok + target.failed);
}
