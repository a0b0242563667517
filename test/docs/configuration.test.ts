import type { Command } from 'commander';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configKeys } from '../../src/cli/config-file.js';
import { wordsOf } from '../../src/cli/manual/manual.js';
import { commandTable } from '../../src/cli/program.js';
import { processTerminal } from '../../src/cli/terminal.js';
import { parseConfigFile } from '../../src/core/policy/config-file.js';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));

/** The cells of the rows in which a piece of code stands. */
function rowsWith(code: string): string[] {
  return rows.filter((row) => row.includes(`\`${code.replaceAll('|', '\\|')}\``));
}

/** What this program's code reads of the environment: names in quotes, but for what belongs to the lab. */
function variablesInCode(): string[] {
  const src = join(root, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('lab'),
  );
  const quoted =
    /'((?:SHIFT|AWS|HEROKU|XDG|WATCHDOG|NOTIFY)_[A-Z0-9_]+|SUDO_USER|NO_COLOR|FORCE_COLOR|TERM|TZ)'/g;
  const names = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(quoted)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
}

const table = commandTable(processTerminal(), () => Promise.resolve());

function flagsOf(command: Command): (readonly [flag: string, verb: string])[] {
  const own = command.options.map(({ flags }) => [flags, wordsOf(command)] as const);
  return [...own, ...command.commands.flatMap(flagsOf)];
}

/** Set for the AWS SDK by this program itself. */
const notForPeople = ['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'];

/** Verbs that share a flag for a whole group of them. */
const groups = ['-o, --output <format>', '--reason <why>', '--policy <name|file>'];

describe('the page about configuration', () => {
  test.each(variablesInCode().filter((name) => !notForPeople.includes(name)))('has %s', (name) => {
    expect(rowsWith(name), name).not.toEqual([]);
  });

  test.each(flagsOf(table))('has %s of "%s"', (flags, verb) => {
    const found = rowsWith(flags);
    expect(found, flags).not.toEqual([]);
    if (verb === '' || groups.includes(flags)) return;
    expect(
      found.some((row) => row.includes(`\`${verb}\``) || row.includes(`\`${verb} --`)),
      `${flags} of ${verb}`,
    ).toBe(true);
  });

  test.each(Object.entries(configKeys))('has the key %s beside its variable', (key, { variable }) => {
    expect(rows.filter((row) => row.startsWith(`| \`${key}\` |`) && row.includes(variable))).toHaveLength(1);
  });

  test('names no flag, variable or key that is not there', () => {
    const known = new Set(flagsOf(table).map(([flags]) => flags));
    const named = rows.flatMap((row) => [...row.matchAll(/`(-[^`]*)`/g)].map(([, flag = '']) => flag));
    const said = named.map((flag) => flag.replaceAll('\\|', '|')).filter((flag) => /[<[]|, --/.test(flag));
    expect(said.filter((flag) => !known.has(flag) && flag !== '-h, --help')).toEqual([]);
    const variables = rows.flatMap((row) => [...row.matchAll(/`(SHIFT_[A-Z_]+)`/g)].map(([, name]) => name));
    expect(variables.filter((name) => !variablesInCode().includes(name ?? ''))).toEqual([]);
    const keys = rows.flatMap((row) => /^\| `(\w+)` \|/.exec(row)?.[1] ?? []);
    expect(keys).toEqual(Object.keys(configKeys));
  });

  test('shows a config file that is read without a complaint', () => {
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
    expect(parseConfigFile(example, 'config.yaml')).toMatchObject({
      problems: [],
      entries: [{ key: 'stateDir' }, { key: 'awsProfile' }, { key: 'operator' }, {}, { value: 'slow' }],
    });
  });
});
