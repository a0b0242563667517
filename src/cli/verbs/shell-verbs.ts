import type { Command } from 'commander';
import type { Lazy } from './lazy.js';

/** What a shell's rc file evaluates, and the hidden verb that answers a tab. */
export function addShellVerbs(program: Command, lazy: Lazy): void {
  program
    .command('shell-init')
    .description('print what makes a literal `shift start` work at the prompt; eval it in the rc file')
    .argument('<shell>', 'bash or zsh')
    .action(lazy(async () => (await import('../commands/shell-init.js')).printShellInit));
  program
    .command('completion')
    .description('print what completes words at the prompt; eval it in the rc file')
    .argument('<shell>', 'bash, zsh or fish')
    .action(lazy(async () => (await import('../commands/completion.js')).printCompletion));
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(lazy(async () => (await import('../commands/complete.js')).completeWords));
}
