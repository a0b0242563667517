import type { Command } from 'commander';
import type { Lazy } from './lazy.js';

/** What a person does to a migration; each is recorded with who and why. */
export function addOperatorVerbs(program: Command, lazy: Lazy): void {
  const operator = (command: Command): Command =>
    command.argument('[host]', 'a host or migration id').option('--reason <why>', 'recorded in the history');
  operator(program.command('pause'))
    .description('stop advancing; the guard keeps watching and can still roll back')
    .action(lazy(async () => (await import('../commands/pause.js')).pause));
  operator(program.command('resume'))
    .description('go on after a pause, or after the gate asked')
    .action(lazy(async () => (await import('../commands/resume.js')).resume));
  operator(program.command('approve'))
    .description('leave this stage although the gate asked; the guard keeps watching')
    .action(lazy(async () => (await import('../commands/approve.js')).approve));
  operator(program.command('rollback'))
    .description('everything back to the source, now')
    .option('--no-wait', 'return once Route 53 has accepted, without waiting for the name servers')
    .option(
      '--no-state',
      'from the zone and its markers alone, when there is no journal (also done when it does not open)',
    )
    .option('--to <dns name>', 'with --no-state: the old side, when the zone does not tell it any more')
    .option('--only', 'with --no-state: this host, not the others that moved with it')
    .option('--zone <id>', 'with --no-state: the hosted zone, when several have the same name')
    .action(lazy(async () => (await import('../commands/rollback.js')).rollback));
}
