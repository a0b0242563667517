import type { MigrationState } from '../migration-state.js';
import type { Observing } from '../phase.js';
import type { HostPlan } from '../plan.js';
import type { Policy } from '../policy/policy.js';
import { displayName } from '../record-name.js';
import { assert } from '../result.js';
import { dwellMsOf, dwellWords, heldMsOf } from '../dwell.js';
import { elapsed, formatDuration, instant, plus, type Instant } from '../time.js';
import { sourceInUse } from '../source-remains.js';
import { failoverMissing } from '../failover/attachment.js';
import { platformMissing } from '../platform/platform-trouble.js';
import { gateInput } from './gate-input.js';
import { decide } from './metrics/decision.js';
import { explainDecision } from './metrics/explanation.js';
import type { GateDecision } from './metrics/gate-decision.js';
import { baselineMissing } from './quiet-baseline.js';
import { isProbedOut, sidesOf, sourceObjection, tally } from './source-fitness.js';
import type { Alarm, SideEvidence, Verdict } from './verdict.js';

/**
 * The gate: one verdict for the whole group. Any host rolls the group back, all hosts must allow a promotion.
 * `observing` is null while there is nothing to promote; the guard half works all the same.
 *
 * What a host says of going back is about its target alone. Whether the sources may be gone back to is decided here and nowhere else, for
 * all hosts at once: the group goes back as a whole, so a host whose own target is well must not be sent to a source that is down.
 */
export function judge(state: MigrationState, observing: Observing | null, now: Instant): Verdict {
  const verdicts = state.plan.hosts.map((host) => judgeHost(state, host, observing, now));
  const worst = verdicts.toSorted((a, b) => rank(a) - rank(b))[0];
  const evidence = verdicts.flatMap((verdict) => verdict.evidence);
  const gates = verdicts.flatMap((verdict) => verdict.gates);
  const alarms = verdicts.flatMap((verdict) => verdict.alarm ?? []);
  const alarm = alarms[0] ?? null;
  assert(worst !== undefined, 'a migration has at least one host');
  const unfit = worst.verdict === 'rollback' ? sourceObjection(state, now) : null;
  if (unfit === null) return { ...worst, evidence, gates, alarm };
  const because = `${worst.because}; not rolled back, because ${unfit}`;
  const both = { topic: 'both-failing', because } as const;
  return { verdict: 'hold', ...both, evidence, gates, alarm: both };
}

function rank(verdict: Verdict): number {
  return ['rollback', 'ask', 'hold', 'promote'].indexOf(verdict.verdict);
}

function judgeHost(
  state: MigrationState,
  host: HostPlan,
  observing: Observing | null,
  now: Instant,
): Verdict {
  const evidence = sidesOf(state, host.host, observing?.dwellFrom ?? instant(0), now);
  const gate = gateOf(state, host, observing, now);
  const gates = gate === null ? [] : [{ host: host.host, decision: gate }];
  const say = (verdict: Verdict['verdict'], reason: Reason, alarm: Alarm | null = null): Verdict => ({
    verdict,
    ...reason,
    evidence,
    gates,
    alarm,
  });
  const probed = guardHost(state, host, now);
  const users = gate && guardUsers(state, host, gate);
  const guard = probed?.verdict === 'rollback' ? probed : (users ?? probed);
  if (guard !== null) return say(guard.verdict, guard.reason, guard.alarm);
  if (observing === null) return say('hold', nothingToPromote);
  const { policy } = state.plan;
  const dwellMs = dwellMsOf(state, observing);
  const missing = missingOf(state, host, { observing, dwellMs, evidence, gate }, now);
  if (missing === null) {
    const inUse = isLastStage(policy, observing.stage) ? sourceInUse(state, host, now) : null;
    // Quiet may take weeks to come, so nobody is asked however long it takes.
    if (inUse !== null) return say('hold', { ...inUse, because: named(state, host, inUse.because) });
    const dwell = dwellOver(state, observing);
    const judged = gate === null ? '' : `; ${named(state, host, explainDecision(gate).sentence)}`;
    return say('promote', { topic: 'ready', because: `${dwell} and both sides pass their probes${judged}` });
  }
  const { asks, ...reason } = missing;
  if (asks) return say('ask', reason);
  if (heldMsOf(state, observing, now) < dwellMs + policy.gate.maxHoldMs) return say('hold', reason);
  const held = formatDuration(elapsed(observing.holdFrom, now));
  return say('ask', {
    topic: reason.topic,
    because: `held for ${held} and still not ready: ${reason.because}`,
  });
}

function isLastStage({ stages }: Policy, stage: number): boolean {
  return stage === stages.length - 1;
}

const nothingToPromote: Reason = {
  topic: 'nothing-to-promote',
  because: 'there is nothing to promote yet',
};

/** The metrics rule's decision; null for a host without metrics, and before any traffic has moved. */
function gateOf(
  state: MigrationState,
  host: HostPlan,
  observing: Observing | null,
  now: Instant,
): GateDecision | null {
  if (host.metrics === undefined) return null;
  const input = gateInput(state, host, host.metrics, observing, now);
  return input && decide(input);
}

/** What keeps a stage from being left, and whether the rule asks a person because of it; null when nothing does. */
function missingOf(
  state: MigrationState,
  host: HostPlan,
  seen: {
    readonly observing: Observing;
    readonly dwellMs: number;
    readonly evidence: readonly [SideEvidence, SideEvidence];
    readonly gate: GateDecision | null;
  },
  now: Instant,
): (Reason & { readonly asks: boolean }) | null {
  const { observing, dwellMs, gate } = seen;
  const [source, target] = seen.evidence;
  const probes =
    missingHealth(target, 'failing') ??
    missingHealth(source, 'failing') ??
    (gate === null ? dwellMissing(state.plan.policy, observing, dwellMs, now) : null) ??
    missingHealth(target, 'unknown') ??
    missingHealth(source, 'unknown') ??
    platformMissing(state, host, now) ??
    failoverMissing(state, host.host, observing, now);
  if (probes !== null) return { ...probes, asks: false };
  if (gate !== null && gate.action !== 'promote') {
    const because = named(state, host, explainDecision(gate).sentence);
    return { topic: gate.topic, because, asks: gate.action === 'ask' };
  }
  if (gate !== null || host.metrics === undefined) return null;
  const baseline = baselineMissing(state, host, host.metrics, now);
  return baseline && { ...baseline, because: named(state, host, baseline.because), asks: false };
}

/** Several hosts in one migration: which of them is meant. */
function named({ plan }: MigrationState, { host }: HostPlan, because: string): string {
  return plan.hosts.length === 1 ? because : `${displayName(host)}: ${because}`;
}

/** What a guard wants, and why. Whether the source is fit for a rollback is not its question. */
interface Guard {
  readonly verdict: 'rollback' | 'hold';
  readonly reason: Reason;
  readonly alarm: Alarm | null;
}

/** The rollback half of the metrics rule. */
function guardUsers(state: MigrationState, host: HostPlan, gate: GateDecision): Guard | null {
  if (gate.action !== 'rollback') return null;
  const because = named(state, host, explainDecision(gate).sentence);
  return { verdict: 'rollback', reason: { topic: gate.topic, because }, alarm: null };
}

/** The rollback half: judged on the newest probes whatever the stage's clock says. Null when it sees nothing to act on. */
function guardHost(state: MigrationState, host: HostPlan, now: Instant): Guard | null {
  const [source, target] = sidesOf(state, host.host, instant(0), now);
  const at = displayName(host.host);
  if (target.health !== 'failing') {
    if (source.health !== 'failing') return null;
    const because = `${at}: the source fails (${tally(source)}), so a rollback would go to a failing side; target ${tally(target)}`;
    const topic = 'source-failing';
    return { verdict: 'hold', reason: { topic, because }, alarm: { topic, because } };
  }
  if (!isProbedOut(state, host, target)) return null;
  const last = target.lastFailure?.because ?? 'no answer';
  const beside = source.health === 'failing' ? '' : ` and the source does not (${tally(source)})`;
  const because = `${at}: the target fails its probes (${tally(target)}; last: ${last})${beside}`;
  return { verdict: 'rollback', reason: { topic: 'target-failing', because }, alarm: null };
}

type Reason = Pick<Verdict, 'topic' | 'because'>;

function missingHealth(side: SideEvidence, health: 'failing' | 'unknown'): Reason | null {
  if (side.health !== health) return null;
  const topic = `${side.side}-${health}` as const;
  if (health === 'failing') return { topic, because: `${side.side} fails its probes (${tally(side)})` };
  return { topic, because: `too few ${side.side} probes to judge (${tally(side)})` };
}

/** Why the dwell does not stand in the way of a promotion. */
function dwellOver({ plan, promotion }: MigrationState, { stage }: Observing): string {
  if (stage < 0) return 'no traffic has moved yet';
  if (promotion?.stage === stage) return 'the dwell was ended early';
  return `dwell of ${dwellWords(plan.policy, stage)} is over`;
}

function dwellMissing(policy: Policy, observing: Observing, dwellMs: number, now: Instant): Reason | null {
  if (now >= plus(observing.dwellFrom, dwellMs)) return null;
  if (dwellMs === 0) return { topic: 'dwell', because: 'the first bucket after settling has not begun yet' };
  return {
    topic: 'dwell',
    because: `dwell: this stage is observed for ${dwellWords(policy, observing.stage)}`,
  };
}
