import { proofName } from './cas-proof.js';
import { displayName, markerName, type RecordName } from './record-name.js';

/** What the credentials are for: the controller, people who only look, or the engineer who may put everything back. */
export type IamKind = 'run' | 'read-only' | 'rollback-only';

export const iamKinds: readonly IamKind[] = ['run', 'read-only', 'rollback-only'];

/** What a policy is made for. */
export interface IamScope {
  /** Bare, for instance `Z0123456789`. */
  readonly zoneId: string;
  readonly hosts: readonly RecordName[];
  /** Whether users' requests are counted by CloudWatch. */
  readonly readsCloudWatch: boolean;
  /** Whether the migration makes Route 53 health checks. */
  readonly usesHealthChecks: boolean;
}

/** An identity-based policy of AWS Identity and Access Management, ready to be printed as JSON. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas"). */
export const maxManagedPolicyCharacters: number = 6_144;

/**
 * The least that a migration of these hosts needs. Writes are pinned to one zone, to the hosts' own names and those of their
 * markers, and to the types that this program writes (Route 53 Developer Guide, "Using IAM policy conditions for fine-grained
 * access control"). The conditions say "all values", so one strange record makes the whole batch refused.
 */
export function iamPolicy(kind: IamKind, scope: IamScope): IamPolicy {
  const reads = [...zoneReads(scope), ...metricReads(kind, scope), ...healthCheckReads(scope)];
  const writes = kind === 'read-only' ? [] : [recordWrites(kind, scope), ...healthCheckWrites(kind, scope)];
  return { Version: '2012-10-17', Statement: [...writes, ...reads] };
}

/** The characters that count towards a quota. */
export function policyCharacters(policy: IamPolicy): number {
  return JSON.stringify(policy).replace(/\s/g, '').length;
}

/** As the condition key compares names: lower case, octal escapes, no final dot. A `RecordName` is all but the last already. */
function conditionNames(kind: IamKind, { hosts }: IamScope): readonly string[] {
  const names = hosts.flatMap((host) => [
    host,
    markerName(host),
    ...(kind === 'run' ? [proofName(host)] : []),
  ]);
  return names.map((name) => displayName(name));
}

/**
 * CREATE and DELETE make the compare-and-swap; UPSERT is what a rollback falls back to and what the break-glass files use. A and
 * AAAA stand where a host was or ends as an alias.
 */
function recordWrites(kind: IamKind, scope: IamScope): IamStatement {
  const key = (name: string): string => `route53:ChangeResourceRecordSets${name}`;
  return {
    Sid: 'ChangeOnlyTheseRecords',
    Effect: 'Allow',
    Action: ['route53:ChangeResourceRecordSets'],
    Resource: zoneArn(scope),
    Condition: {
      'ForAllValues:StringEquals': {
        [key('NormalizedRecordNames')]: conditionNames(kind, scope),
        [key('RecordTypes')]: ['CNAME', 'TXT', 'A', 'AAAA'],
        [key('Actions')]: ['CREATE', 'DELETE', 'UPSERT'],
      },
    },
  };
}

/**
 * Listings by name cannot be limited to one zone, and every zone that contains the host is looked into to tell the public one
 * from private ones (Service Authorization Reference, "Actions, resources, and condition keys for Amazon Route 53").
 */
function zoneReads(scope: IamScope): IamStatement[] {
  return [
    {
      Sid: 'ReadTheZone',
      Effect: 'Allow',
      Action: [
        'route53:ListResourceRecordSets',
        'route53:GetDNSSEC',
        'route53:ListResourceRecordSetProtections',
        'route53:ListTagsForResource',
      ],
      Resource: zoneArn(scope),
    },
    allow('FollowAChange', ['route53:GetChange'], 'arn:aws:route53:::change/*'),
    allow('TellZonesApart', ['route53:GetHostedZone'], 'arn:aws:route53:::hostedzone/*'),
    allow('FindTheZone', ['route53:ListHostedZonesByName'], '*'),
  ];
}

/** CloudWatch knows no resources in these actions. A rollback needs no numbers. */
function metricReads(kind: IamKind, { readsCloudWatch }: IamScope): IamStatement[] {
  if (kind === 'rollback-only' || !readsCloudWatch) return [];
  return [allow('CountRequests', ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], '*')];
}

function healthCheckReads({ usesHealthChecks }: IamScope): IamStatement[] {
  if (!usesHealthChecks) return [];
  return [
    allow('LookAtHealthChecks', ['route53:GetHealthCheckStatus'], 'arn:aws:route53:::healthcheck/*'),
    allow('FindHealthChecks', ['route53:ListHealthChecks'], '*'),
  ];
}

/** A rollback only detaches; what is left over costs money, not users. */
function healthCheckWrites(kind: IamKind, { usesHealthChecks }: IamScope): IamStatement[] {
  if (kind !== 'run' || !usesHealthChecks) return [];
  const actions = ['route53:ChangeTagsForResource', 'route53:DeleteHealthCheck'];
  return [
    allow('MakeHealthChecks', ['route53:CreateHealthCheck'], '*'),
    allow('KeepHealthChecks', actions, 'arn:aws:route53:::healthcheck/*'),
  ];
}

function zoneArn({ zoneId }: IamScope): string {
  return `arn:aws:route53:::hostedzone/${zoneId}`;
}

function allow(sid: string, actions: readonly string[], resource: string): IamStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource };
}
