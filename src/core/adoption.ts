import type { Failure } from './failure.js';
import { frame, seedAbove, type IntentOrigin } from './intent-factory.js';
import { compareAndSwap } from './change-batch.js';
import type { Intent } from './intent.js';
import type { MigrationState } from './migration-state.js';
import { foreignMarkers, imageOfHost } from './our-records.js';
import type { HostPlan, MigrationPlan } from './plan.js';
import type { Policy } from './policy/policy.js';
import type { HostImage, RecordImage } from './record-image.js';
import { displayName } from './record-name.js';
import { describeRecord, withFinalDot, type RecordSet } from './record-set.js';
import { err, ok, type Result } from './result.js';
import { pairMembers, shareOf, stageOfShare, stageShare } from './share.js';
import { sourceNames } from './source-names.js';
import { pairImage } from './zone-image.js';

/** Where a migration goes on from what a person found. */
export interface Adoption {
  /** The highest stage at or below what stands there; -1 is the pair at 100/0. */
  readonly stage: number;
  readonly share: number;
}

/**
 * Whether what stands in the zone can become this migration's again. Only our two members can, under our own or no marker, at a
 * share no higher than the next stage: everything else is refused by name, because an adopted record is one that later writes delete.
 */
export function adoptionOf(state: MigrationState, found: RecordImage): Result<Adoption, Failure> {
  const { plan } = state;
  const objection = objectionToGoingOn(state, found, 'adopted');
  if (objection !== null) return err(objection);
  const shares: number[] = [];
  for (const host of plan.hosts) {
    const share = adoptableShare(plan, host, imageOfHost(found, host));
    if (!share.ok) return err(refused(share.error, host));
    shares.push(share.value);
  }
  const accepted = stageOfShare(plan.policy, state.share) ?? -1;
  const highest = Math.max(stageShare(plan.policy, accepted + 1), state.share);
  const tooHigh = plan.hosts.find((_host, index) => (shares[index] ?? 0) > highest);
  if (tooHigh !== undefined) {
    const message = `${displayName(tooHigh.host)} gives ${Math.max(...shares)}% to the target, more than the next stage after the last one that was accepted (${highest}%)`;
    return err(refused(message, tooHigh, `set its weight to ${highest}% or less first`));
  }
  return ok(stageAtMost(plan.policy, Math.min(...shares)));
}

/** Why this migration cannot go on from its own records, whatever they are: it has not halted, or another one's marker stands there. */
export function objectionToGoingOn(
  state: MigrationState,
  found: RecordImage,
  deed: 'adopted' | 'repaired',
): Failure | null {
  const { plan, phase } = state;
  if (phase.phase === 'halted') return foreignMarkers(state, found);
  return {
    reason: 'conflict',
    message: `${plan.id} is ${phase.phase}; only a migration that has halted can be ${deed}`,
    fix: `see: shiftctl status ${displayName(plan.hosts[0]?.host ?? '')}`,
  };
}

/** The highest stage that gives the target no more than this share; the pair at 100/0 below the first one. */
export function stageAtMost(policy: Policy, share: number): Adoption {
  const stage = policy.stages.findLastIndex((candidate) => candidate.share <= share);
  return { stage, share: stageShare(policy, stage) };
}

/** The write of an adoption: exactly what was shown becomes the pair of that stage under a fresh live marker. */
export function adoptIntent(
  state: MigrationState,
  origin: IntentOrigin,
  found: RecordImage,
  { share }: Adoption,
): Intent {
  const seed = seedAbove(state, origin, found, share);
  const after = pairImage(state.plan, share, seed);
  const comment = `shift ${state.plan.id} adopt ${share}% generation ${seed.generation}`;
  return {
    ...frame(origin, 'adopt', share, seed),
    before: found,
    after,
    batch: compareAndSwap(found, after, comment),
  };
}

/** The share of a host at which nothing but our two members stands, as the plan made them; the error says what stands there instead. */
function adoptableShare(plan: MigrationPlan, host: HostPlan, found: HostImage): Result<number, string> {
  const name = displayName(host.host);
  const { source, target } = pairMembers(found.records);
  const others = found.records.filter((record) => record !== source && record !== target);
  if (others.length > 0) return err(`${name} has more than our two members: ${describe(others)}`);
  if (source === null || target === null)
    return err(`${name} does not have both of our members: ${describe(found.records)}`);
  const strange = [
    ...strangeness(source, sourceNames(host), plan.policy.ttlSeconds),
    ...strangeness(target, [host.target.dnsName], plan.policy.ttlSeconds),
  ];
  if (strange.length > 0) return err(`a member at ${name} is not as the plan made it: ${strange.join('; ')}`);
  if ((source.weight ?? 0) + (target.weight ?? 0) === 0)
    return err(`both weights at ${name} are 0, which Route 53 serves in equal parts`);
  return ok(shareOf(found.records) ?? 0);
}

/** How a member differs from the plan's, apart from its weight. */
function strangeness(member: RecordSet, names: readonly string[], ttlSeconds: number): string[] {
  const isPlanned = member.values.length === 1 && names.includes(withFinalDot(member.values[0] ?? ''));
  return [
    ...(isPlanned ? [] : [`${describeRecord(member)}, where ${displayName(names[0] ?? '')} belongs`]),
    ...(member.ttl === ttlSeconds
      ? []
      : [`${describeRecord(member)}, where the TTL is ${ttlSeconds}s by the plan`]),
    ...(member.foreignRouting === null ? [] : [describeRecord(member)]),
  ];
}

function describe(records: readonly RecordSet[]): string {
  return records.map((record) => describeRecord(record)).join('; ') || 'nothing stands there';
}

function refused(message: string, host: HostPlan, first?: string): Failure {
  const name = displayName(host.host);
  const ways = `shiftctl rollback ${name}, or shiftctl restore ${name}`;
  return {
    reason: 'refused',
    check: 'records',
    message,
    fix: `${first ?? 'put that right by hand and try again'}; or go back: ${ways}`,
  };
}
