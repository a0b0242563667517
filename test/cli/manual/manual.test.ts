import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { manualPage, wordsOf } from '../../../src/cli/manual/manual.js';
import { commandTable } from '../../../src/cli/program.js';
import { processTerminal } from '../../../src/cli/terminal.js';
import { displayWidth } from '../../../src/cli/render/width.js';
import { scenarios } from '../../../src/lab/scenario.js';
import { typed } from '../screen.js';

/** Every verb that a person types, those below others included. */
function verbsOf(command: Command): Command[] {
  const own = command.commands.filter((verb) => !verb.name().startsWith('_'));
  return own.flatMap((verb) => [verb, ...verbsOf(verb)]);
}

const table = commandTable(processTerminal(), () => Promise.resolve());
const verbs = verbsOf(table).map(wordsOf);

describe('the manual', () => {
  test('knows all verbs', () => {
    expect(verbs.length).toBeGreaterThan(30);
    expect(verbs).toEqual(expect.arrayContaining(['plan', 'policy show', 'lab env', 'completion']));
  });

  test.each(verbs)(
    '%s has a paragraph, what it writes, an example, its exit codes and what to see also',
    (words) => {
      const page = manualPage(words);
      expect(page?.about.length).toBeGreaterThan(40);
      expect(page?.writes).toMatch(/\.$/);
      expect(page?.examples.length).toBeGreaterThan(0);
      expect(page?.exits.length).toBeGreaterThan(0);
      expect(page?.see.length).toBeGreaterThan(0);
      expect(page?.see.filter((other) => !verbs.includes(other) || other === words)).toEqual([]);
    },
  );

  test.each(['', ...verbs])('shiftctl %s --help fits 80 columns and shows all of it', async (words) => {
    const { code, out, err } = await typed([...words.split(' ').filter(Boolean), '--help'], { columns: 200 });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
    expect(out).toContain('Exit codes:\n');
    if (words === '') return;
    expect(out).toMatch(/^Examples?:\n {2}# \S/m);
    expect(out).toMatch(/^Files and environment:\n {2}\S/m);
    expect(out).toMatch(/^See also: shiftctl \S/m);
  });

  test.each(['lab run', 'demo'])('shiftctl %s --help names every scenario', async (words) => {
    const { out } = await typed([...words.split(' '), '--help']);
    const said = out.replace(/\s+/g, ' ');
    const [, listed = ''] = /--scenario <name> what goes wrong in it: ([a-z, -]+) \(default/.exec(said) ?? [];
    expect(listed.split(', ')).toEqual(Object.keys(scenarios));
  });

  test.each(['lab', 'lab run', 'lab env', 'demo'])(
    'shiftctl %s --help says where it writes',
    async (words) => {
      const { out } = await typed([...words.split(' '), '--help']);
      expect(out).toMatch(/^Files and environment:\n {2}TMPDIR: /m);
      expect(out).not.toContain('config.yaml');
    },
  );

  test.each(verbs)('shiftctl help %s says the same as --help', async (words) => {
    const asked = await typed(['help', ...words.split(' ')]);
    expect(asked).toEqual(await typed([...words.split(' '), '--help']));
  });

  test.each(verbs)('the examples of %s are lines that the table of verbs understands', async (words) => {
    for (const [line] of manualPage(words)?.examples ?? []) {
      const typedWords = wordsIn(line);
      let heard: string | null = null;
      const program = commandTable({ ...processTerminal(), out: quiet, err: quiet }, () => {
        heard = line;
        return Promise.resolve();
      });
      await program.parseAsync(typedWords, { from: 'user' });
      expect(heard, line).toBe(line);
    }
  });
});

function quiet(): void {
  // The table of verbs alone is tried.
}

/** What follows `shiftctl` in an example, up to a pipe, a redirection or the end of a substitution. */
function wordsIn(example: string): string[] {
  const [, after = ''] = /shiftctl (.*)/s.exec(example.replace(/\\\n\s*/g, '')) ?? [];
  const [line = ''] = after.split(/ [|>] |\)"?$/);
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
}
