import type { Command } from 'commander';
import type { Lazy } from './lazy.js';
import { outputOption } from './output-option.js';

/** The verbs that only look. */
export function addReadingVerbs(program: Command, lazy: Lazy): void {
  program
    .command('status')
    .description('where a migration is, why, and what comes next')
    .argument('[host]', 'a host or migration id')
    .option('--watch', 'stay and redraw')
    .option('--why', 'every number behind the verdict')
    .option('--exit-code', 'tell the state by the exit code')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/status.js')).status));
  program
    .command('list')
    .description('every migration in this state directory')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/list.js')).list));
  program
    .command('history')
    .description('what happened, in order, with the reasons')
    .argument('[host]', 'a host or migration id')
    .option('--verify', 'check the hash chain of the journal')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/history.js')).history));
}
