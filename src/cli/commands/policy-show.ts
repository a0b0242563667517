import type { Policy } from '../../core/policy/policy.js';
import { safeAligned } from '../render/safe-copy.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { loadPolicy, policyText } from '../policy-file.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `policy show -o json`; the number grows when a field changes its meaning or goes away. */
const policyShowVersion = 1;

/** What `policy show -o json` prints. */
export interface PolicyShowOutput {
  readonly version: number;
  /** As the gate and the engine read it: defaults filled in, times in milliseconds. */
  readonly policy: Policy;
}

/** One policy: the file as it was written, or with JSON what it means. A file with faults is refused either way. */
export async function policyShow(
  { config, terminal }: CommandContext,
  nameOrPath: string,
  options: { output: OutputFormat },
): Promise<number> {
  const policy = await loadPolicy(nameOrPath, config);
  const output: PolicyShowOutput = { version: policyShowVersion, policy };
  if (options.output === 'json') terminal.out(jsonText(output));
  else
    for (const line of policyText(nameOrPath, config).trimEnd().split('\n')) terminal.out(safeAligned(line));
  return exitCode.done;
}
