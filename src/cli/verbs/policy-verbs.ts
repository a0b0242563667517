import { Argument, type Command } from 'commander';
import type { Lazy } from './lazy.js';
import { outputOption } from './output-option.js';

/** The verbs below `policy`. */
export function addPolicyVerbs(program: Command, lazy: Lazy): void {
  const policy = program.command('policy').description('look at policies').exitOverride();
  policy
    .command('validate')
    .description('check a policy or migration file; all problems at once')
    .argument('<file>', 'a policy or migration file, or the name of a built-in policy')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/policy-validate.js')).policyValidate))
    .exitOverride();
  policy
    .command('list')
    .description('the policies that come with the program')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/policy-list.js')).policyList))
    .exitOverride();
  policy
    .command('show')
    .description('one policy: the file, or with -o json what it means')
    .argument('<policy>', 'the name of a built-in policy, or a policy file')
    .addOption(outputOption())
    .action(lazy(async () => (await import('../commands/policy-show.js')).policyShow))
    .exitOverride();
  policy
    .command('schema')
    .description('the JSON Schema of policy or migration files')
    .addArgument(new Argument('[kind]', 'which files').choices(['policy', 'migration']))
    .action(lazy(async () => (await import('../commands/policy-schema.js')).policySchema))
    .exitOverride();
}
