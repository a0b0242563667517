import { Option, type Command } from 'commander';
import type { Lazy } from './lazy.js';

/** What a person does to a migration; each is recorded with who and why. */
export function addOperatorVerbs(program: Command, lazy: Lazy): void {
  const operator = (command: Command): Command =>
    command
      .argument('[host]', 'a host or migration id; may be left out while only one is live')
      .option('--reason <why>', 'recorded in the history');
  operator(program.command('pause'))
    .description('stop advancing; the guard keeps watching and can still roll back')
    .action(lazy(async () => (await import('../commands/pause.js')).pause));
  operator(program.command('resume'))
    .description('go on after a pause, or after the gate asked')
    .action(lazy(async () => (await import('../commands/resume.js')).resume));
  operator(program.command('approve'))
    .description('let the next stage begin that waits for a person, or answer what the gate asked')
    .option('--stage <share>', 'the stage that shall begin; refused when another one comes next')
    .action(lazy(async () => (await import('../commands/approve.js')).approve));
  operator(program.command('promote'))
    .description('end the dwell of this stage early, if the gate allows it on its evidence')
    .option('--override <why>', 'whatever the gate lacks; never against the guard or an unreadable zone')
    .option('--to <share>', '100 goes past the next stage, only with --override while the source fails')
    .action(lazy(async () => (await import('../commands/promote.js')).promote));
  operator(program.command('replan'))
    .description('give a running migration another policy; shows what changes and asks')
    .option('--policy <name|file>', 'standard, cautious, fast, lab or a policy file')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('../commands/replan.js')).replan));
  const confirmed = (command: Command): Command =>
    operator(command).option('-y, --yes', 'do not ask; it is shown all the same');
  confirmed(program.command('adopt'))
    .description('after a halt: go on from what stands in the zone')
    .action(lazy(async () => (await import('../commands/adopt.js')).adopt));
  confirmed(program.command('repair'))
    .description("after a halt: undo the edit, put this stage's own records back and go on")
    .action(lazy(async () => (await import('../commands/repair.js')).repair));
  confirmed(program.command('restore'))
    .description('after a halt or an end: put back the records from before the first take-over, exactly')
    .option('--no-wait', 'return once Route 53 has accepted, without waiting for the name servers')
    .action(lazy(async () => (await import('../commands/restore.js')).restore));
  confirmed(program.command('forget'))
    .description('seven days after the end: remove the marker from the zone')
    .action(lazy(async () => (await import('../commands/forget.js')).forget));
  confirmed(program.command('finalize'))
    .description('end the bake early; --as alias: on an alias, also once completed')
    .option('--override <why>', 'whatever the gate lacks; never against the guard or an unreadable zone')
    .addOption(
      new Option('--as <kind>', 'instead of a plain record an alias A and AAAA to the target').choices([
        'alias',
      ]),
    )
    .option('--alias-zone-id <id>', "with --as alias: the target's own hosted zone id, where it is not known")
    .option('--no-wait', 'with --as alias, once completed: return when Route 53 has accepted')
    .action(lazy(async () => (await import('../commands/finalize.js')).finalize));
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
