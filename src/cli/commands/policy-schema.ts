import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { schemaText } from '../policy-file.js';

/** Prints the JSON Schema of policy or migration files. */
export function policySchema(
  { terminal }: CommandContext,
  kind: 'policy' | 'migration' | undefined,
): Promise<number> {
  terminal.out(schemaText(kind ?? 'policy').trimEnd());
  return Promise.resolve(exitCode.done);
}
