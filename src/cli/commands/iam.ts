import {
  iamKinds,
  iamPolicy,
  maxManagedPolicyCharacters,
  policyCharacters,
  type IamKind,
} from '../../core/iam-policy.js';
import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readScope, type MigrationScope, type ScopeOptions } from '../migration-scope.js';
import { jsonText } from '../render/json-text.js';

export interface IamOptions extends ScopeOptions {
  readonly for: string;
  readonly cloudwatch: boolean;
  readonly failover?: boolean;
}

/** One policy document on stdout and nothing else there, so that it can go straight into a file. */
export async function iam(
  context: CommandContext,
  host: string | undefined,
  options: IamOptions,
): Promise<number> {
  const { terminal } = context;
  const kind = kindOf(options.for);
  if (options.zone !== undefined && !/^Z[A-Z0-9]{1,31}$/.test(options.zone))
    throw invalidArgument(
      '--zone',
      `"${options.zone}" is not the id of a hosted zone, which looks like Z0123456789`,
    );
  const scope = await readScope(context, host, options);
  const policy = iamPolicy(kind, {
    zoneId: scope.zoneId,
    hosts: scope.hosts,
    readsCloudWatch: options.cloudwatch && readsCloudWatch(scope),
    usesHealthChecks: options.failover === true || scope.policy?.failover !== undefined,
  });
  terminal.out(jsonText(policy, 2));
  const characters = policyCharacters(policy);
  if (characters > maxManagedPolicyCharacters) {
    terminal.err(
      `shiftctl: ${characters} characters are too many for a managed policy (${maxManagedPolicyCharacters}); attach it as an inline policy of a role, or move fewer hosts together`,
    );
  }
  return exitCode.done;
}

function kindOf(typed: string): IamKind {
  const kind = iamKinds.find((known) => known === typed);
  if (kind !== undefined) return kind;
  throw invalidArgument('--for', `"${typed}" is not known; take one of ${iamKinds.join(', ')}`);
}

/** Where the plan is not known yet, the permission is given: requests to an AWS side are counted by CloudWatch. */
function readsCloudWatch({ state, policy }: MigrationScope): boolean {
  if (policy?.gate.evidence === 'probes') return false;
  if (state === null) return true;
  const queries = state.plan.hosts.flatMap(({ metrics }) => metrics?.queries ?? []);
  return queries.some(({ spec }) => spec.source === 'cloudwatch');
}
