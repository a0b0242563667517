import type { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualPage, wordsOf } from '../../src/cli/manual/manual.js';
import { commandTable, run } from '../../src/cli/program.js';
import { ProgressBar } from '../../src/cli/render/progress-bar.js';
import { processTerminal, type Terminal } from '../../src/cli/terminal.js';
import { keepJournal } from './kept-journal.js';
import { isObserving, Journey } from './render/journey.js';
import { typed, type Said } from './screen.js';

let directory = '';
let env: Record<string, string> = {};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-quiet-'));
  const nobody = 'http://127.0.0.1:9';
  env = {
    ...{ HOME: directory, SHIFT_STATE_DIR: directory, SHIFT_RESOLVER: '127.0.0.1:9' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIAQUIET', AWS_SECRET_ACCESS_KEY: 'none', AWS_REGION: 'us-east-1' },
    ...{ AWS_ENDPOINT_URL: nobody, HEROKU_HOST: nobody, HEROKU_STATUS_URL: nobody, HEROKU_API_KEY: 'none' },
  };
  await writeFile(join(directory, 'migration.yaml'), migration);
  await writeFile(join(directory, 'past.csv'), `requests,errors\n${'600,1\n'.repeat(120)}`);
});

afterEach(() => rm(directory, { recursive: true }));

const migration = 'hosts:\n  www.shop.test: {from: heroku:shop, to: aws:lb.example.com}\n';

/** A migration that observes at 25 %. */
function begun(): Promise<void> {
  return keepJournal(directory, new Journey().until(isObserving(25)).events);
}

function onScreen(line: string): Promise<Said> {
  const args = line.split(' ').map((word) => word.replace('@', `${directory}/`));
  return typed(args, { env, isInteractive: true });
}

/** A line for each verb that needs no provider; the verb is what it begins with. */
const lines = [
  ...['status', 'status --why', 'list', 'history', 'report', 'report --out @report.html', 'runbook'],
  ...['policy list', 'policy show fast', 'policy schema', 'policy validate @migration.yaml'],
  ...['iam www.example.com --zone Z0PLUMTREE', 'completion bash', 'shell-init zsh'],
  'simulate --rps 50 --runs 1 --degradation broken --policy fast',
  'simulate --history @past.csv --runs 1 --policy fast',
  ...['pause', 'promote --override why', 'replan --policy lab --yes'],
];

/** Verbs that are tried against the lab, and the two that are nothing but a talk or a show. */
const elsewhere = [
  ...['plan', 'preflight', 'start', 'tick', 'export', 'approve', 'resume', 'adopt', 'restore', 'forget'],
  ...['repair', 'finalize', 'rollback', 'init', 'lab', 'lab run', 'lab env', 'demo', 'policy', 'daemon'],
];

function verbsOf(command: Command): Command[] {
  const own = command.commands.filter((verb) => !verb.name().startsWith('_'));
  return own.flatMap((verb) => [verb, ...verbsOf(verb)]);
}

const verbs = verbsOf(commandTable(processTerminal(), () => Promise.resolve())).map(wordsOf);

function verbOf(line: string): string {
  const words = line.split(' ');
  return verbs.find((verb) => verb === words.slice(0, 2).join(' ')) ?? words[0] ?? '';
}

/** These journals were written without the program, so that no snapshot goes with them. */
const snapshotWarning = /^shiftctl: warning: the snapshot of the state .*\n/;

describe('--quiet', () => {
  test.each(lines)('%s prints the answer and nothing else', async (line) => {
    await begun();
    const { code, out, err } = await onScreen(`--quiet ${line}`);
    expect({ code, err: err.replace(snapshotWarning, '') }).toEqual({ code: 0, err: '' });
    const isAnswer = manualPage(verbOf(line))?.isReading === true && !line.includes('--out');
    expect(out !== '').toBe(isAnswer);
    expect(out).not.toContain('\u001b');
  });

  test('every verb is tried here or against the lab', () => {
    expect([...new Set([...lines.map(verbOf), ...elsewhere])].sort()).toEqual([...verbs].sort());
  });

  test('a daemon that is stopped says nothing; without it, when it began and when it ended', async () => {
    const daemon = async (...flags: string[]): Promise<readonly string[]> => {
      const said: string[] = [];
      const stop = new AbortController();
      const hear = (text: string): void => {
        said.push(text);
        stop.abort(new Error('SIGTERM'));
      };
      // One that says nothing is stopped after a while, wherever it has come to.
      const timer = flags.length === 0 ? undefined : setTimeout(() => stop.abort(), 1_500);
      const terminal: Terminal = {
        ...{ isInteractive: false, canAsk: false, hasColor: false, columns: () => 80, rows: () => 24 },
        ...{ out: hear, err: hear },
      };
      const code = await run([...flags, '--state-dir', directory, 'daemon'], stop.signal, terminal);
      clearTimeout(timer);
      expect(code).toBe(8);
      return said;
    };
    expect(await daemon('--quiet')).toEqual([]);
    expect(await daemon()).toEqual([
      expect.stringContaining('shiftctl: daemon on '),
      expect.stringContaining('shiftctl: daemon stopped'),
    ]);
  });

  test('an error is told all the same', async () => {
    const { code, out, err } = await onScreen('--quiet pause nobody.example.com');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('shiftctl: ');
  });

  test('no bar is drawn, though there is a terminal', () => {
    let drawn = '';
    const stream = { isTTY: true, columns: 80, write: (text: string) => (drawn += text) };
    {
      using bar = new ProgressBar(stream, true);
      bar.draw(0.5, 'half');
    }
    expect(drawn).toBe('');
  });
});
