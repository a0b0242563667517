import { Option, type Command } from 'commander';
import type { Lazy } from './lazy.js';
import { outputOption } from './output-option.js';

/** The verbs that only look. */
export function addReadingVerbs(program: Command, lazy: Lazy): void {
  program
    .command('status')
    .description('where a migration is, why, and what comes next')
    .argument('[host]', 'a host or migration id; may be left out while only one is live')
    .option('--watch', 'stay and redraw')
    .option('--why', 'every number behind the verdict')
    .option('--stage <share>', 'with --why: as it was when this stage was left')
    .option('--resolvers', 'also ask resolvers that users have, for two seconds at most, what they hand out')
    .option('--exit-code', 'tell the state by the exit code')
    .option(
      '--no-state',
      'from the zone and its markers alone: the weights, and whether a controller is overdue',
    )
    .option('--zone <id>', 'with --no-state: the hosted zone, when several have the same name')
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
    .argument('[host]', 'a host or migration id; may be left out while only one is live')
    .option('--verify', 'check the hash chain, and its head against the marker in the zone')
    .option('--head <head...>', 'and against the head that a message carried: 42:<hash>, or the hash alone')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/history.js')).history));
  program
    .command('report')
    .description('the whole story with charts, for a post-mortem or a change ticket')
    .argument('[host]', 'a host or migration id; may be left out while only one is live')
    .addOption(new Option('--as <form>', 'a page or Markdown').choices(['html', 'markdown']))
    .option('--out <file>', 'write it there instead of printing it; .html chooses the page')
    .option('--force', 'replace the file')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/report.js')).report));
}
