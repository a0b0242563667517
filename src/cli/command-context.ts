import type { Config } from '../config.js';
import type { Terminal } from './terminal.js';

/** What every verb gets besides its own arguments. */
export interface CommandContext {
  readonly config: Config;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** How a reading verb prints. */
export type OutputFormat = 'text' | 'json';
