import { Option, type Command } from 'commander';
import { scenarioOption } from '../commands/lab-scenario-option.js';
import { addInfrastructureVerbs } from './infrastructure-verbs.js';
import type { Lazy } from './lazy.js';
import { addPolicyVerbs } from './policy-verbs.js';
import { addShellVerbs } from './shell-verbs.js';

/** Policies, shells, the lab and the demo. */
export function addHelpers(program: Command, lazy: Lazy): void {
  addPolicyVerbs(program, lazy);
  addInfrastructureVerbs(program, lazy);
  addShellVerbs(program, lazy);
  const lab = program
    .command('lab')
    .description('a Route 53, DNS, Heroku and AWS on loopback to try everything against')
    .exitOverride();
  lab
    .command('run', { isDefault: true })
    .description('serve the lab until stopped')
    .addOption(scenarioOption())
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
    .addOption(scenarioOption())
    .option('--seed <number>', 'for the same weighted draws again')
    .action(lazy(async () => (await import('../commands/demo.js')).demo));
}
