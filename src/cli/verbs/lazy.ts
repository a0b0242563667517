import type { CommandContext } from '../command-context.js';

/**
 * The action of a verb whose module is loaded only when it runs. What commander hands over is typed by the options declared in
 * this table and nowhere else, so the table must agree with the verb's parameters.
 */
export type Lazy = (
  load: () => Promise<(context: CommandContext, ...args: never[]) => Promise<number>>,
) => (...args: unknown[]) => Promise<void>;
