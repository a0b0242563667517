import type { MigrationState } from '../migration-state.js';
import type { Observing } from '../phase.js';
import { displayName, type RecordName } from '../record-name.js';
import { assert } from '../result.js';
import { stageDwellMs } from '../share.js';
import { elapsed, formatDuration, instant, plus, type Instant } from '../time.js';
import { outcomesSince } from '../probe-history.js';
import { sideEvidence } from './side-health.js';
import type { SideEvidence, Verdict } from './verdict.js';

/** How far back the source must have been healthy before an automatic rollback sends everything to it. */
const sourceCheckMs = 120_000;

/**
 * The gate: one verdict for the whole group. Any host rolls the group back, all hosts must allow a promotion.
 * `observing` is null while there is nothing to promote; the guard half works all the same.
 */
export function judge(state: MigrationState, observing: Observing | null, now: Instant): Verdict {
  const verdicts = state.plan.hosts.map((host) => judgeHost(state, host.host, observing, now));
  const worst = verdicts.toSorted((a, b) => rank(a) - rank(b))[0];
  const evidence = verdicts.flatMap((verdict) => verdict.evidence);
  const alarms = verdicts.flatMap((verdict) => verdict.alarm ?? []);
  const alarm = alarms.find(({ topic }) => topic === 'both-failing') ?? alarms[0] ?? null;
  assert(worst !== undefined, 'a migration has at least one host');
  return { ...worst, evidence, alarm };
}

function rank(verdict: Verdict): number {
  return ['rollback', 'ask', 'hold', 'promote'].indexOf(verdict.verdict);
}

function judgeHost(
  state: MigrationState,
  host: RecordName,
  observing: Observing | null,
  now: Instant,
): Verdict {
  const guard = guardHost(state, host, now);
  if (guard !== null) return guard;
  if (observing === null) {
    const evidence = sides(state, host, instant(0), now);
    return {
      verdict: 'hold',
      topic: 'nothing-to-promote',
      because: 'there is nothing to promote yet',
      evidence,
      alarm: null,
    };
  }
  const { policy } = state.plan;
  const dwellMs = stageDwellMs(policy, observing.stage);
  const [source, target] = sides(state, host, observing.dwellFrom, now);
  const missing =
    missingHealth(target, 'failing') ??
    missingHealth(source, 'failing') ??
    dwellMissing(observing, dwellMs, now) ??
    missingHealth(target, 'unknown') ??
    missingHealth(source, 'unknown');
  const evidence = [source, target];
  if (missing === null) {
    const dwell = dwellMs === 0 ? 'no traffic has moved yet' : `dwell of ${formatDuration(dwellMs)} is over`;
    const because = `${dwell} and both sides pass their probes`;
    return { verdict: 'promote', topic: 'ready', because, evidence, alarm: null };
  }
  const asksAt = plus(observing.holdFrom, dwellMs + policy.gate.maxHoldMs);
  if (now < asksAt) return { verdict: 'hold', ...missing, evidence, alarm: null };
  const held = formatDuration(elapsed(observing.holdFrom, now));
  const because = `held for ${held} and still not ready: ${missing.because}`;
  return { verdict: 'ask', topic: missing.topic, because, evidence, alarm: null };
}

/** The rollback half: judged on the newest probes whatever the stage's clock says. Null when it sees nothing to act on. */
function guardHost(state: MigrationState, host: RecordName, now: Instant): Verdict | null {
  const [source, target] = sides(state, host, instant(0), now);
  const evidence = [source, target];
  const at = displayName(host);
  if (target.health !== 'failing') {
    if (source.health !== 'failing') return null;
    const because = `${at}: the source fails (${tally(source)}), so a rollback would go to a failing side; target ${tally(target)}`;
    const topic = 'source-failing';
    return { verdict: 'hold', topic, because, evidence, alarm: { topic, because } };
  }
  if (sourceIsNoWorse(state, source, target, now)) {
    const last = target.lastFailure?.because ?? 'no answer';
    const because = `${at}: the target fails its probes (${tally(target)}; last: ${last}) and the source does not (${tally(source)})`;
    return { verdict: 'rollback', topic: 'target-failing', because, evidence, alarm: null };
  }
  const because = `${at}: the target fails (${tally(target)}) but the source is no better (${tally(source)}); not rolling back to it`;
  const topic = 'both-failing';
  return { verdict: 'hold', topic, because, evidence, alarm: { topic, because } };
}

/** True when every host may be sent back to its source without a person's word. */
export function isSourceFit(state: MigrationState, now: Instant): boolean {
  return state.plan.hosts.every(({ host }) => {
    const [source, target] = sides(state, host, instant(0), now);
    return sourceIsNoWorse(state, source, target, now);
  });
}

/** An automatic rollback needs a source that was seen alive in the last two minutes and fails no more than the target. */
function sourceIsNoWorse(
  state: MigrationState,
  source: SideEvidence,
  target: SideEvidence,
  now: Instant,
): boolean {
  if (source.health === 'failing') return false;
  const recent = outcomesSince(state.probes, source.host, 'source', plus(now, -sourceCheckMs));
  const known = recent.filter((outcome) => outcome.result !== 'unknown');
  const failed = known.filter((outcome) => outcome.result === 'failed').length;
  return known.length > 0 && failed / known.length <= target.failed / Math.max(1, target.ok + target.failed);
}

function sides(
  state: MigrationState,
  host: RecordName,
  since: Instant,
  now: Instant,
): [SideEvidence, SideEvidence] {
  const of = (side: 'source' | 'target'): SideEvidence =>
    sideEvidence(state.probes, state.plan.policy, { host, side, since, now });
  return [of('source'), of('target')];
}

type Missing = Pick<Verdict, 'topic' | 'because'> | null;

function missingHealth(side: SideEvidence, health: 'failing' | 'unknown'): Missing {
  if (side.health !== health) return null;
  const topic = `${side.side}-${health}` as const;
  if (health === 'failing') return { topic, because: `${side.side} fails its probes (${tally(side)})` };
  return { topic, because: `too few ${side.side} probes to judge (${tally(side)})` };
}

function dwellMissing(observing: Observing, dwellMs: number, now: Instant): Missing {
  if (now >= plus(observing.dwellFrom, dwellMs)) return null;
  return { topic: 'dwell', because: `dwell: this stage is observed for ${formatDuration(dwellMs)}` };
}

/** `3 of 6 failed`, with what is missing named. */
export function tally(side: SideEvidence): string {
  const missing = side.unknown > 0 ? `, ${side.unknown} unknown` : '';
  return `${side.failed} of ${side.ok + side.failed + side.unknown} failed${missing}`;
}
