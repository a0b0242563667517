import type { Problem } from '../../core/failure.js';
import type { Policy } from '../../core/policy/policy.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration } from '../../core/time.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { problemLine } from '../failure-report.js';
import { loadPolicy, namedPolicies, type PolicyFolder } from '../policy-file.js';
import { jsonText } from '../render/json-text.js';
import { table } from '../render/table.js';

/** The shape of `policy list -o json`; the number grows when a field changes its meaning or goes away. */
const policyListVersion = 1;

/** A problem quotes the file, which may hold anything. */
const maxProblem = 1_000;

/** What `policy list -o json` prints; the exit code is 2 where a file of one's own is invalid. */
export interface PolicyListOutput {
  readonly version: number;
  /** Those that can be used. */
  readonly policies: readonly PolicySummary[];
  /** Files in the folder of one's own that cannot be used. */
  readonly invalid: readonly InvalidPolicy[];
}

export interface InvalidPolicy {
  readonly name: string;
  /** The first one in reading order; `policy validate` says all. */
  readonly problem: Problem;
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

/**
 * The policies that come with the program, and those in a folder of one's own. A file there that is invalid hides no other: it is named
 * with its first problem, and the exit code is that of invalid input.
 */
export async function policyList(
  { config, terminal }: CommandContext,
  options: { output: OutputFormat },
): Promise<number> {
  const read = await Promise.all(namedPolicies(config).map((name) => readPolicy(name, config)));
  const policies = read.filter((one) => 'shares' in one);
  const invalid = read.filter((one) => 'problem' in one);
  const output: PolicyListOutput = { version: policyListVersion, policies, invalid };
  if (options.output === 'json') terminal.out(jsonText(output));
  else {
    terminal.out(table(policies.map(cells), Infinity).join('\n'));
    for (const { name, problem } of invalid) {
      terminal.err(
        `shiftctl: the policy "${name}" cannot be used: ${safeText(problemLine(problem), maxProblem)}`,
      );
      terminal.err(`what to do: shiftctl policy validate ${name}`);
    }
  }
  return invalid.length === 0 ? exitCode.done : exitCode.invalidInput;
}

async function readPolicy(name: string, folder: PolicyFolder): Promise<PolicySummary | InvalidPolicy> {
  try {
    return summary(name, await loadPolicy(name, folder));
  } catch (error) {
    const failure = error instanceof CommandFailure ? error.failure : null;
    const problem = failure?.reason === 'invalid-input' ? failure.problems[0] : undefined;
    if (problem === undefined) throw error;
    return { name, problem };
  }
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
