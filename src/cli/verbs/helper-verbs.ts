import { Option, type Command } from 'commander';
import { addInfrastructureVerbs } from './infrastructure-verbs.js';
import type { Lazy } from './lazy.js';

/** Policies, shells, the lab and the demo. */
export function addHelpers(program: Command, lazy: Lazy): void {
  const policy = program.command('policy').description('look at policies').exitOverride();
  policy
    .command('validate')
    .description('check a policy or migration file; all problems at once')
    .argument('<file>', 'a policy or migration file, or the name of a built-in policy')
    .action(lazy(async () => (await import('../commands/policy-validate.js')).policyValidate))
    .exitOverride();
  addInfrastructureVerbs(program, lazy);
  program
    .command('shell-init')
    .description('print what makes a literal `shift start` work at the prompt; eval it in the rc file')
    .argument('<shell>', 'bash or zsh')
    .action(lazy(async () => (await import('../commands/shell-init.js')).printShellInit));
  const lab = program
    .command('lab')
    .description('a Route 53, DNS, Heroku and AWS on loopback to try everything against')
    .exitOverride();
  const scenario = (): Option => new Option('--scenario <name>', 'what goes wrong in it').default('healthy');
  lab
    .command('run', { isDefault: true })
    .description('serve the lab until stopped')
    .addOption(scenario())
    .addOption(
      new Option('--direction <direction>')
        .choices(['heroku-to-aws', 'aws-to-heroku'])
        .default('heroku-to-aws'),
    )
    .option('--seed <number>', 'for the same weighted draws again')
    .action(lazy(async () => (await import('../commands/lab.js')).runLab))
    .exitOverride();
  lab
    .command('env')
    .description('print the settings for a second terminal: eval "$(shiftctl lab env)"')
    .option('--shell <shell>', 'bash, zsh or sh', 'sh')
    .action(lazy(async () => (await import('../commands/lab.js')).printLabEnvironment))
    .exitOverride();
  program
    .command('demo')
    .description('a whole migration against the lab in about a minute')
    .addOption(scenario())
    .option('--seed <number>', 'for the same weighted draws again')
    .action(lazy(async () => (await import('../commands/demo.js')).demo));
}
