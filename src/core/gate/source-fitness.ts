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

/** True when every host may be sent back to its source without a person's word. */
export function isSourceFit(state: MigrationState, now: Instant): boolean {
  return state.plan.hosts.every(({ host }) => {
    const [source, target] = sidesOf(state, host, instant(0), now);
    return sourceIsNoWorse(state, source, target, now);
  });
}

/**
 * Why no host of the group may go back to its source without a person's word, with the numbers of both sides; null when all may. A
 * source has to be seen alive in the last two minutes, not to fail now, and to fail no more than a target that fails its probes. Where
 * users are counted, what they met is the comparison.
 */
export function sourceObjection(state: MigrationState, now: Instant): string | null {
  const unfit = state.plan.hosts.flatMap((host) => objectionTo(state, host, now) ?? []);
  return unfit.length === 0 ? null : unfit.join('; ');
}

function objectionTo(state: MigrationState, { host, metrics }: HostPlan, now: Instant): string | null {
  const [source, target] = sidesOf(state, host, instant(0), now);
  const numbers = `(${tally(source)}; target ${tally(target)})`;
  const at = displayName(host);
  if (source.health === 'failing') return `${at}: the source fails its probes ${numbers}`;
  if (!wasSeenAlive(state, host, now)) return `${at}: the source was not seen alive lately ${numbers}`;
  const isCompared = metrics === undefined && target.health === 'failing';
  return isCompared && !sourceIsNoWorse(state, source, target, now)
    ? `${at}: the source is no better than the target ${numbers}`
    : null;
}

/** True when the source answered a probe as it should in the last two minutes. */
export function wasSeenAlive(state: MigrationState, host: RecordName, now: Instant): boolean {
  const recent = outcomesSince(state.probes, host, 'source', plus(now, -sourceCheckMs));
  return recent.some(({ result }) => result === 'ok');
}

/** An automatic rollback needs a source that was seen alive in the last two minutes and fails no more than the target. */
export function sourceIsNoWorse(
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
