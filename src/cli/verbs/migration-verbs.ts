import type { Command } from 'commander';
import type { Lazy } from './lazy.js';
import { outputOption } from './output-option.js';

/** The verbs that begin a migration and drive it. */
export function addMigrationVerbs(program: Command, lazy: Lazy): void {
  const request = (command: Command): Command =>
    command
      .argument('[host]', 'the live host name, for example www.example.com')
      .option('--from <side>', 'what it points at now: heroku:<app> or aws:<dns name>')
      .option('--to <side>', 'what it shall point at: heroku:<app> or aws:<dns name>')
      .option('-f, --file <migration.yaml>', 'a migration file instead of host, --from and --to')
      .option('--policy <name|file>', 'standard, cautious, fast, lab or a policy file')
      .option('--zone <id>', 'the hosted zone, when several have the same name')
      .option('--alias-zone-id <id>', 'with finalAs: alias: the zone of the target, where it is not known')
      .option('--source-endpoint <dns name>', 'confirms a record that points elsewhere than --from')
      .option('--load-balancer <arn>', 'where requests to the AWS side are counted, when it is not found')
      .option('--target-group <arn>', 'the target group that serves this host alone');
  program
    .command('init')
    .description('ask the way to a first migration.yaml')
    .option('--out <file>', 'where it is written', 'migration.yaml')
    .action(lazy(async () => (await import('../commands/init.js')).init));
  request(program.command('plan'))
    .description('show everything that would happen; writes nothing')
    .option('--beside-code', 'what to add to infrastructure as code for the time of the migration')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/plan.js')).plan));
  request(program.command('preflight'))
    .description('check everything that can be checked without writing')
    .option('--prove', 'also prove compare-and-swap in the zone: writes a test record and removes it')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/preflight.js')).preflight));
  request(program.command('simulate'))
    .description('what to expect of a policy: on traffic, on a past, or on a journal; writes nothing')
    .option('--rps <number>', 'on so many requests a second; without it, on what the source measures')
    .option('--error-rate <share>', 'with --rps: how many fail at a good side (default: 0.1%)')
    .option('--degradation <what>', 'a target that is so much worse: +2%, x5 or broken')
    .option('--history [file]', 'on the past: from the metrics of the source, or from a CSV or JSON file')
    .option('--journal [host]', 'on what a migration has read, as if it had had --policy')
    .option('--last <duration>', 'how much of the past is read from the metrics', '24h')
    .option('--runs <number>', 'simulated migrations in each row', '200')
    .option('--seed <text>', 'for the same draws again', '1')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/simulate.js')).simulate));
  request(program.command('start'))
    .description('begin a migration: asks before it writes')
    .option('-y, --yes', 'do not ask')
    .option('--watch', 'stay, drive it to its end and show it')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/start.js')).start));
  program
    .command('tick')
    .description('one step of every live migration, or of one; for cron and other schedulers')
    .argument('[host]', 'a host or migration id')
    .option('--all', 'every live migration (the default without a host)')
    .option('--exit-code', 'tell the state by the exit code')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/tick.js')).tick));
  program
    .command('daemon')
    .description('drive every live migration until stopped; one in each state directory')
    .option('--health <address:port>', 'answer GET /healthz there, for example 127.0.0.1:9464')
    .action(lazy(async () => (await import('../commands/daemon.js')).daemon));
}
