import { Option, type Command } from 'commander';
import type { Lazy } from './lazy.js';
import { outputOption } from './output-option.js';

/** What a migration needs from the account, the on-call engineer and the code that owns the zone. */
export function addInfrastructureVerbs(program: Command, lazy: Lazy): void {
  const subject = (command: Command): Command =>
    command
      .argument('[host]', 'a host or migration id')
      .option('-f, --file <migration.yaml>', 'a migration file, before the start')
      .option('--zone <id>', 'the hosted zone, when several have the same name');
  subject(program.command('iam'))
    .description('print the least-privilege IAM policy as JSON')
    .addOption(
      new Option('--for <kind>', 'what the credentials are for')
        .choices(['run', 'read-only', 'rollback-only'])
        .default('run'),
    )
    .option('--failover', 'with the permission to make health checks')
    .option('--no-cloudwatch', 'without the permission to read CloudWatch')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/iam.js')).iam));
  subject(program.command('runbook'))
    .description('print a page in Markdown that an on-call engineer can keep')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/runbook.js')).printRunbook));
  subject(program.command('export'))
    .description('print the records as they now stand, for infrastructure as code')
    .addOption(new Option('--as <format>').choices(['terraform', 'zonefile']))
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/export.js')).exportRecords));
}
