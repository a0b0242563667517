import type { Command } from 'commander';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyValidateOutput } from '../../src/cli/commands/policy-validate.js';
import { manualPage, wordsOf } from '../../src/cli/manual/manual.js';
import { commandTable } from '../../src/cli/program.js';
import { processTerminal } from '../../src/cli/terminal.js';
import { rolledBackByUsers } from '../core/report/journeys.js';
import { keepJournal } from '../cli/kept-journal.js';
import { typed, type Said } from '../cli/screen.js';
import { misfits } from './published-schema.js';

const docs = resolve(import.meta.dirname, '../../docs');

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-json-'));
});

afterEach(() => rm(directory, { recursive: true }));

function run(...line: string[]): Promise<Said> {
  return typed([...line, '-o', 'json'], { env: { HOME: directory, SHIFT_STATE_DIR: directory } });
}

/** The one document on standard output, which fits the schema of that name. */
async function document(schema: string, code: number, ...line: string[]): Promise<unknown> {
  const said = await run(...line);
  expect(said).toMatchObject({ code, err: '' });
  const read: unknown = JSON.parse(said.out);
  expect(misfits(schema, read)).toEqual([]);
  return read;
}

/** What a shell evaluates, and what is JSON anyway. */
const withoutForms = ['policy', 'policy schema', 'shell-init', 'completion', 'lab env'];

function readingVerbs(command: Command): Command[] {
  const all = command.commands.flatMap((verb) => [verb, ...readingVerbs(verb)]);
  return all.filter((verb) => manualPage(wordsOf(verb))?.isReading === true);
}

const verbs = readingVerbs(commandTable(processTerminal(), () => Promise.resolve()))
  .map((verb) => [wordsOf(verb), verb] as const)
  .filter(([words]) => !withoutForms.includes(words));

describe('JSON on every reading verb', () => {
  test.each(verbs)('%s takes -o json, and the page lists it', async (words, verb) => {
    expect(verb.options.find(({ long }) => long === '--output')?.argChoices).toEqual(['text', 'json']);
    expect(await readFile(join(docs, 'json.md'), 'utf8')).toContain(`| \`shiftctl ${words}`);
  });

  test('every published schema is on the page, and every one on the page is published', async () => {
    const page = await readFile(join(docs, 'json.md'), 'utf8');
    const linked = [...page.matchAll(/\(schema\/([^)]+)\)/g)].map(([, file]) => file);
    expect([...new Set(linked)].sort()).toEqual((await readdir(join(docs, 'schema'))).sort());
  });
});

describe('documents that need no provider', () => {
  test('policy validate says what is wrong where, or that nothing is', async () => {
    const file = join(directory, 'mine.yaml');
    await writeFile(file, 'stages: [10, 5, 100]\ntickevery: 1m\n');
    const bad = (await document('policy-validate', 2, 'policy', 'validate', file)) as PolicyValidateOutput;
    expect(bad).toMatchObject({ version: 1, file, kind: 'policy', valid: false });
    expect(bad.problems.map(({ location }) => location?.line).sort()).toEqual([1, 2]);
    await writeFile(file, 'hosts:\n  www.example.com: {from: heroku:shop, to: aws:lb.example.com}\n');
    expect(await document('policy-validate', 0, 'policy', 'validate', file)).toEqual({
      ...{ version: 1, file, kind: 'migration', valid: true, problems: [] },
    });
    await document('policy-validate', 0, 'policy', 'validate', 'cautious');
    const missing = await document('policy-validate', 2, 'policy', 'validate', './nowhere.yaml');
    expect(missing).toMatchObject({ valid: false });
  });

  test('a simulation on given traffic and one on a past', async () => {
    const few = ['--policy', 'fast', '--runs', '2'];
    await document('simulate', 0, 'simulate', '--rps', '50', '--degradation', 'broken', ...few);
    const past = join(directory, 'past.csv');
    const rows = Array.from({ length: 120 }, (_, bucket) => `600,${bucket % 2}`);
    await writeFile(past, ['requests,errors', ...rows].join('\n'));
    await document('simulate-history', 0, 'simulate', '--history', past, ...few);
  });

  test('a journal under another policy', async () => {
    const { events, state } = rolledBackByUsers();
    await keepJournal(directory, events);
    const slower = join(directory, 'slower.yaml');
    const lab = await typed(['policy', 'show', 'lab'], { env: { HOME: directory } });
    await writeFile(slower, lab.out.replace(/^dwell: .*$/m, 'dwell: 20s'));
    const played = await document('simulate-journal', 0, 'simulate', '--journal', '--policy', slower);
    expect(played).toMatchObject({ version: 1, id: state.plan.id, journal: { end: { end: 'rolled-back' } } });
    expect(played).toHaveProperty('divergence.share');
  });
});
