import type { Planner } from '../compose/planner.js';
import type { MigrationPlan } from '../core/plan.js';
import { safeText } from '../core/safe-text.js';
import type { Check } from '../engine/check.js';
import type { CommandContext } from './command-context.js';

const maxLineLength = 1_000;

/**
 * The proof of compare-and-swap, or the end of the verb: one that was interrupted is no refusal. What it saw, and whether its test record
 * may still stand, is said even where nobody reads standard output any more.
 */
export async function provedOrInterrupted(
  { terminal, signal }: CommandContext,
  planner: Planner,
  planned: MigrationPlan,
): Promise<Check> {
  const proof = await planner.prove(planned, signal);
  if (signal.aborted && proof.verdict !== 'ok')
    terminal.err(`shiftctl: ${proof.name}: ${safeText(proof.fact, maxLineLength)}`);
  signal.throwIfAborted();
  return proof;
}
