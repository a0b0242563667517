import type { PairChecks } from './failover/health-check.js';
import type { Policy } from './policy/policy.js';
import { weightedCname, type RecordSet } from './record-set.js';
import type { HostPlan } from './plan.js';

/** The set identifiers of the weighted pair, fixed for ever: another identifier would be another record. */
export const sourceMember: string = 'shift-source';
export const targetMember: string = 'shift-target';

/**
 * The weighted pair of one host at a share of the target's: weights `100 - share` and `share`, never both 0; with the health
 * checks of both members, or with none.
 */
export function weightedPair(
  host: HostPlan,
  share: number,
  ttlSeconds: number,
  checks: PairChecks | null = null,
): readonly [RecordSet, RecordSet] {
  const member = { name: host.host, ttl: ttlSeconds };
  return [
    weightedCname({
      ...member,
      target: host.source.dnsName,
      setIdentifier: sourceMember,
      weight: 100 - share,
      healthCheckId: checks?.source ?? null,
    }),
    weightedCname({
      ...member,
      target: host.target.dnsName,
      setIdentifier: targetMember,
      weight: share,
      healthCheckId: checks?.target ?? null,
    }),
  ];
}

/** The members of our pair among the records at a host, where they stand. */
export function pairMembers(records: readonly RecordSet[]): {
  source: RecordSet | null;
  target: RecordSet | null;
} {
  const find = (id: string): RecordSet | null =>
    records.find((r) => r.type === 'CNAME' && r.setIdentifier === id) ?? null;
  return { source: find(sourceMember), target: find(targetMember) };
}

/**
 * The target's percentage that a weighted pair gives, computed as Route 53 does: weight over the sum of weights, and all zero
 * means all equal (Route 53 Developer Guide, "Weighted routing"). Null when the records are not exactly our pair.
 */
export function shareOf(records: readonly RecordSet[]): number | null {
  const { source, target } = pairMembers(records);
  if (source === null || target === null || records.length !== 2) return null;
  const sum = (source.weight ?? 0) + (target.weight ?? 0);
  return sum === 0 ? 50 : (100 * (target.weight ?? 0)) / sum;
}

/** The share of a stage; -1 is the take-over, which gives the target nothing. */
export function stageShare(policy: Policy, stage: number): number {
  return policy.stages[stage]?.share ?? 0;
}

/** How long a stage is observed at least; the last one bakes. The take-over is left as soon as it has settled. */
export function stageDwellMs(policy: Policy, stage: number): number {
  if (stage < 0) return 0;
  return stage === policy.stages.length - 1 ? policy.bakeMs : (policy.stages[stage]?.dwellMs ?? 0);
}

/** The stage that has exactly this share, -1 for 0, or null. */
export function stageOfShare(policy: Policy, share: number): number | null {
  if (share === 0) return -1;
  const index = policy.stages.findIndex((stage) => stage.share === share);
  return index < 0 ? null : index;
}
