import type { AliasEnd } from './alias-end.js';
import type { GaugeRule } from './gate/metrics/parameters.js';
import type { MetricQuery } from './metric/metric-query.js';
import type { PlanFile } from './plan-file.js';
import type { Policy } from './policy/policy.js';
import type { SideName } from './probe.js';
import type { HostImage, RecordImage } from './record-image.js';
import type { RecordName } from './record-name.js';
import type { Instant } from './time.js';

/** One end of a migration for one host. `dnsName` is what its records point at, normalised with the final dot. */
export type Endpoint =
  | { readonly platform: 'heroku'; readonly app: string; readonly dnsName: string }
  | { readonly platform: 'aws'; readonly dnsName: string };

/** One host and its two sides. */
export interface HostPlan {
  readonly host: RecordName;
  readonly source: Endpoint;
  readonly target: Endpoint;
  /** The names that the source had before its app got another DNS target, oldest first; left out where it never did. */
  readonly formerSources?: readonly string[];
  /** Left out where the policy wants probes alone to judge. */
  readonly metrics?: HostMetrics;
  /** The alias that stands at the end; left out where it is a plain CNAME. */
  readonly aliasEnd?: AliasEnd;
}

/** What a host's users experience on both sides, and where that is asked. */
export interface HostMetrics {
  readonly queries: readonly MetricQuery[];
  readonly gauges: readonly GaugeRule[];
  /** The target's metrics count other sites too: they may roll back, only a person promotes. */
  readonly sharedTarget: boolean;
}

/** The hosted zone of all hosts, pinned by its id. */
export interface PlannedZone {
  readonly id: string;
  readonly name: RecordName;
  readonly nameServers: readonly string[];
  /** Absent where the credentials did not say it. */
  readonly accountId?: string;
}

/** What `start` was told and found, frozen for the life of the migration. */
export interface MigrationPlan {
  readonly id: string;
  readonly createdAt: Instant;
  /** Who typed it. */
  readonly by: string;
  readonly zone: PlannedZone;
  readonly hosts: readonly HostPlan[];
  readonly policy: Policy;
  /** The files that it came from; left out where there were none, and in plans of before they were kept. */
  readonly files?: readonly PlanFile[];
  /** What stood in the zone when the plan was made: the base of the take-over's compare-and-swap, and what `restore` puts back. */
  readonly originals: RecordImage;
  /**
   * What stood there before the first of several migrations, where `originals` are what an earlier one left behind; it is what
   * `restore` puts back then. Left out when it is the same.
   */
  readonly restoreTo?: RecordImage;
}

/** The part of a plan that a rollback needs; it can be made from the zone and its markers alone. */
export type RollbackPlan = Pick<MigrationPlan, 'id' | 'hosts' | 'originals'> & {
  readonly policy: Pick<Policy, 'ttlSeconds'>;
};

/** The largest number of hosts in one migration; every batch then stays far below Route 53's 1,000 values. */
export const maxHosts: number = 50;

export function endpoint(plan: HostPlan, side: SideName): Endpoint {
  return side === 'source' ? plan.source : plan.target;
}

export function originalOf(plan: RollbackPlan, host: RecordName): HostImage {
  const found = plan.originals.find((image) => image.host === host);
  return found ?? { host, records: [], marker: [] };
}

/** What stood at a host before the first of several migrations, else before this one. */
export function firstOriginalOf(plan: MigrationPlan, host: HostPlan): HostImage {
  const first = plan.restoreTo?.find((image) => image.host === host.host);
  return first ?? originalOf(plan, host.host);
}

/** `heroku:my-app` or `aws:name.elb.amazonaws.com`, as a person types it. */
export function describeEndpoint(side: Endpoint): string {
  return side.platform === 'heroku' ? `heroku:${side.app}` : `aws:${side.dnsName.replace(/\.$/, '')}`;
}
