import type { Policy } from '../../core/policy/policy.js';
import { formatDuration } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { loadPolicy, namedPolicies } from '../policy-file.js';
import { jsonText } from '../render/json-text.js';
import { table } from '../render/table.js';

/** The shape of `policy list -o json`; the number grows when a field changes its meaning or goes away. */
const policyListVersion = 1;

/** What `policy list -o json` prints. */
export interface PolicyListOutput {
  readonly version: number;
  readonly policies: readonly PolicySummary[];
}

export interface PolicySummary {
  readonly name: string;
  /** The target's shares in percent. */
  readonly shares: readonly number[];
  /** All dwells and the bake, without settling: the shortest way to the end. */
  readonly leastMs: number;
  /** Only against a lab. */
  readonly lab: boolean;
}

/** The policies that come with the program, and those in a folder of one's own. */
export async function policyList(
  { config, terminal }: CommandContext,
  options: { output: OutputFormat },
): Promise<number> {
  const policies = await Promise.all(
    namedPolicies(config).map(async (name) => summary(name, await loadPolicy(name, config))),
  );
  const output: PolicyListOutput = { version: policyListVersion, policies };
  if (options.output === 'json') terminal.out(jsonText(output));
  else terminal.out(table(policies.map(cells), Infinity).join('\n'));
  return exitCode.done;
}

function summary(name: string, { stages, bakeMs, lab }: Policy): PolicySummary {
  const dwells = stages.slice(0, -1).map(({ dwellMs }) => Number(dwellMs));
  const leastMs = dwells.reduce((sum, dwellMs) => sum + dwellMs, bakeMs);
  return { name, shares: stages.map(({ share }) => share), leastMs, lab };
}

function cells({ name, shares, leastMs, lab }: PolicySummary): readonly string[] {
  const stages = shares.map((share) => `${share}%`).join(' -> ');
  return [name, stages, `at least ${formatDuration(leastMs)}${lab ? ', lab only' : ''}`];
}
