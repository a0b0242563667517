import { isAliasTo } from './alias-records.js';
import { maxHosts, type HostPlan } from './plan.js';
import type { ChangeBatch } from './change-batch.js';
import { healthCheckViolations } from './failover/limits.js';
import type { Intent } from './intent.js';
import type { MigrationState } from './migration-state.js';
import { markerName } from './record-name.js';
import type { RecordSet } from './record-set.js';
import { isReturn, returnViolations } from './return-limits.js';
import { shareOf, stageOfShare, stageShare } from './share.js';

/**
 * The last look before every forward call, in production too: the reasons why this write must not be made, or none. It knows
 * nothing of how the intent came to be, so a bug there cannot pass here.
 */
export function limitViolations(state: MigrationState, intent: Intent): readonly string[] {
  const { kind } = intent;
  if (isReturn(kind)) return returnViolations(state, { ...intent, kind });
  return [
    ...nameViolations(state, intent.batch),
    ...weightViolations(intent.batch),
    ...shareViolations(state, intent),
    ...healthCheckViolations(state, intent.batch),
    ...(intent.batch.changes.some((change) => change.action === 'UPSERT')
      ? ['a forward write is a compare-and-swap, never an UPSERT']
      : []),
    ...(intent.generation === state.generation + 1
      ? []
      : [`generation ${intent.generation} does not follow ${state.generation}`]),
    ...(state.plan.hosts.length <= maxHosts ? [] : [`more than ${maxHosts} hosts`]),
  ];
}

function nameViolations(state: MigrationState, batch: ChangeBatch): string[] {
  const allowed = new Set(state.plan.hosts.flatMap((host) => [host.host, markerName(host.host)]));
  const strangers = batch.changes.filter((change) => !allowed.has(change.record.name));
  return strangers.map((change) => `${change.record.name} is not a name of this plan`);
}

/** A set whose weights are all 0 is served in equal parts (Route 53 Developer Guide, "Weighted routing"). */
function weightViolations(batch: ChangeBatch): string[] {
  const created = batch.changes.filter(
    (change) => change.action !== 'DELETE' && change.record.weight !== null,
  );
  const names = [...new Set(created.map((change) => change.record.name))];
  const sumOf = (name: string): number =>
    created
      .filter((change) => change.record.name === name)
      .reduce((sum, change) => sum + (change.record.weight ?? 0), 0);
  return names
    .filter((name) => sumOf(name) !== 100)
    .map((name) => `the weights of ${name} do not add up to 100`);
}

/** What the batch itself would create at each host; the rest of the intent is not asked. */
function shareViolations(state: MigrationState, intent: Intent): string[] {
  const { policy, hosts } = state.plan;
  const created = (name: string): RecordSet[] =>
    intent.batch.changes
      .filter((change) => change.action !== 'DELETE' && change.record.name === name)
      .map((change) => change.record);
  const isFinal = intent.kind === 'finalize';
  const misshapen = hosts
    .filter(
      (host) =>
        !(isFinal ? isFinalTo(host, created(host.host)) : shareOf(created(host.host)) === intent.share),
    )
    .map(
      (host) =>
        `${host.host} would not ${isFinal ? 'point at its target' : `get a share of ${intent.share}`}`,
    );
  const now = stageOfShare(policy, state.share) ?? -1;
  const highest = Math.max(stageShare(policy, now + 1), state.share);
  if (intent.kind === 'take-over' && intent.share !== 0)
    return [...misshapen, 'a take-over moves no traffic'];
  const last = stageShare(policy, policy.stages.length - 1);
  if (isFinal && state.share !== last) return [...misshapen, `only a migration at ${last}% is finalized`];
  // Past the next stage only on a person's word, and then to the last one.
  const isLeap = intent.kind === 'stage' && intent.leap !== undefined && intent.share === last;
  if (!isFinal && !isLeap && intent.share > highest)
    return [...misshapen, `share ${intent.share} is above the next stage, ${highest}`];
  return misshapen;
}

/** One plain CNAME to the target, or aliases to it. */
function isFinalTo(host: HostPlan, records: readonly RecordSet[]): boolean {
  if (host.target.platform === 'aws' && isAliasTo(host, records)) return true;
  const [only, ...others] = records;
  const isPlain = only?.type === 'CNAME' && only.setIdentifier === null && others.length === 0;
  return isPlain && only.values[0] === host.target.dnsName;
}
