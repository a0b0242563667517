import type { Command } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { wordsOf } from '../../src/cli/manual/manual.js';
import { commandTable } from '../../src/cli/program.js';
import { displayWidth } from '../../src/cli/render/width.js';
import { processTerminal } from '../../src/cli/terminal.js';
import type { Event } from '../../src/core/event.js';
import { completed, rolledBackByUsers } from '../core/report/journeys.js';
import { misfits } from '../docs/published-schema.js';
import { isObserving, Journey } from './render/journey.js';
import { keepJournal } from './kept-journal.js';
import { typed, type Said } from './screen.js';

/** Sets the window's title, clears the screen, forges a line, rings, turns the reading direction, and uses an 8-bit control. */
const attack =
  '\u001b]0;owned\u0007\u001b[2J\r\nshiftctl: all is well\b\u202egnp.exe\u2066\u009b31m\u0000\u200b';

/** Anything that is not text: controls but the newline, invisible characters, halves of pairs. */
const notText = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u;

/** Fields of the journal that hold what servers, colleagues and operators wrote. */
const foreignFields = ['because', 'message', 'by', 'fact', 'fix', 'detail', 'comment', 'text', 'warning'];

/** In such fields, too, but this program's own. */
const ownWords = ['guard', 'operator', 'person', 'policy'];

/** These journals were written without the program, so that no snapshot goes with them. */
const snapshotWarning = /^shiftctl: warning: the snapshot of the state .*\n/;

let directory = '';
let env: Record<string, string> = {};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-hostile-'));
  env = {
    HOME: directory,
    SHIFT_STATE_DIR: directory,
    AWS_ACCESS_KEY_ID: 'AKIAHOSTILE000000000',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    HEROKU_HOST: 'http://127.0.0.1:9',
    HEROKU_API_KEY: 'hostile',
    HEROKU_STATUS_URL: 'http://127.0.0.1:9',
    SHIFT_RESOLVER: '127.0.0.1:9',
  };
});

afterEach(() => rm(directory, { recursive: true }));

/** Puts the attack into every text of the journal that came from outside. */
function poisoned(events: readonly Event[]): Event[] {
  let places = 0;
  const read = JSON.parse(JSON.stringify(events), (key, value: unknown) => {
    if (typeof value !== 'string' || !foreignFields.includes(key) || ownWords.includes(value)) return value;
    places += 1;
    return `${value}${attack}`;
  }) as Event[];
  expect(places).toBeGreaterThan(10);
  return read;
}

function expectText({ out, err }: Said): void {
  expect(notText.exec(out)).toBeNull();
  expect(notText.exec(err)).toBeNull();
  expect(`${out}${err}`).not.toMatch(/^\s+at .*:\d+:\d+/m);
  // The forged line never begins a line of its own.
  expect(`${out}\n${err}`.split('\n').filter((line) => line.startsWith('shiftctl: all is well'))).toEqual([]);
}

const journals: readonly (readonly [string, () => readonly Event[]])[] = [
  ['observing', () => new Journey().until(isObserving(25)).events],
  ['rolled back', () => rolledBackByUsers().events],
  ['completed', () => completed().events],
];

/** Every line that reads a journal, and the widest that it may be; null where a line of the journal is one line of output. */
const reading: readonly (readonly [line: string, columns: number | null])[] = [
  ['status', 80],
  ['status --why', null],
  ['list', null],
  ['history', null],
  ['history --verify', null],
  ['report', null],
  ['report --as html', null],
  ['runbook', null],
];

describe.each(journals)('a journal full of hostile text, %s', (_name, events) => {
  test.each(reading)('%s shows text alone', async (line, columns) => {
    await keepJournal(directory, poisoned(events()));
    for (const hasColor of [false, true]) {
      const said = await typed(line.split(' '), { env, hasColor, isInteractive: hasColor });
      expect(said.code).toBe(0);
      expect(said.err.replace(snapshotWarning, '')).toBe('');
      const out = hasColor ? said.out.replace(/\u001b\[\d*m/g, '') : said.out;
      expectText({ ...said, out });
      expect(out).not.toBe('');
      const wide = out.split('\n').filter((shown) => columns !== null && displayWidth(shown) > columns);
      expect(wide).toEqual([]);
    }
  });

  test.each(['status', 'list', 'history', 'report', 'runbook'])(
    '%s -o json is whole, fits its schema, and is text alone',
    async (verb) => {
      await keepJournal(directory, poisoned(events()));
      const said = await typed([verb, '-o', 'json'], { env });
      expectText(said);
      expect(misfits(verb, JSON.parse(said.out))).toEqual([]);
    },
  );

  test.each(reading)('%s ends without complaint when its reader leaves', async (line) => {
    await keepJournal(directory, events());
    const onOut = (_text: string, stop: AbortController): void => stop.abort(new Error('EPIPE'));
    const { code, err } = await typed(line.split(' '), { env, onOut });
    expect({ code, err: err.replace(snapshotWarning, '') }).toEqual({ code: 0, err: '' });
  });
});

function verbsOf(command: Command): Command[] {
  return command.commands.flatMap((verb) => [verb, ...verbsOf(verb)]);
}

const leaves = verbsOf(commandTable(processTerminal(), () => Promise.resolve())).filter(
  (verb) => verb.commands.length === 0 && !verb.name().startsWith('_'),
);

describe('hostile words on the command line', () => {
  test.each(leaves.map((verb) => [wordsOf(verb), verb] as const))(
    '%s refuses them as text',
    async (words) => {
      const verb = words.split(' ');
      for (const args of [
        [...verb, attack],
        [...verb, `--${attack}`],
        [...verb, 'www.example.com', attack],
      ]) {
        const said = await typed(args, { env });
        expectText(said);
        expect([2, 3]).toContain(said.code);
        expect(said.out).toBe('');
        expect(said.err).not.toBe('');
      }
    },
  );

  // A lab takes any text for its seed and begins to serve.
  const quick = leaves.filter((verb) => !/^(?:lab run|demo)$/.test(wordsOf(verb)));

  test.each(quick.map((verb) => [wordsOf(verb), verb] as const))(
    'the options of %s refuse hostile values as text',
    async (words, verb) => {
      for (const option of verb.options.filter(({ required }) => required)) {
        const args = [...words.split(' '), option.long ?? '', attack];
        if (words === 'rollback' || words === 'daemon') args.push('www.example.com', 'too', 'many');
        const said = await typed(args, { env: { ...env, XDG_STATE_HOME: directory } });
        expectText(said);
        expect(said.code, args.join(' ')).not.toBe(1);
      }
    },
  );

  test('so does an unknown verb, and a state directory of that name', async () => {
    for (const args of [[attack], ['--state-dir', attack.replaceAll('\0', ''), 'status']]) {
      const said = await typed(args, { env });
      expectText(said);
      expect([2, 3]).toContain(said.code);
    }
  });
});

describe('hostile files and servers', () => {
  test.each(['policy validate', 'policy show', 'plan -f', 'iam -f', 'start --yes -f', 'simulate --history'])(
    '%s of a hostile file',
    async (line) => {
      const file = join(directory, 'hostile.yaml');
      await writeFile(
        file,
        `hosts:\n  "${attack}": {from: "${attack}", to: x}\n${attack}: 1\npolicy: ${attack}\n`,
      );
      const said = await typed([...line.split(' '), file], { env });
      expectText(said);
      expect(said).toMatchObject({ code: 2, out: '' });
    },
  );

  test.each([
    [
      400,
      'text/xml',
      `<ErrorResponse><Error><Code>InvalidInput</Code><Message>${visible()}</Message></Error></ErrorResponse>`,
    ],
    [
      403,
      'text/xml',
      `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${visible()}</Message></Error></ErrorResponse>`,
    ],
    [200, 'text/html', visible()],
    [500, 'application/json', JSON.stringify({ id: 'x', message: attack })],
    [404, 'application/json', JSON.stringify({ id: 'not_found', message: attack })],
  ])('providers that answer %i with hostile %s', async (status, type, body) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const aws = { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_ROUTE_53: url };
    const toServer = { ...env, ...aws, HEROKU_HOST: url, HEROKU_STATUS_URL: url };
    const sides = ['--from', 'heroku:shop', '--to', 'aws:alb-1.eu-west-1.elb.amazonaws.com'];
    for (const args of [
      ['plan', 'www.example.com', ...sides],
      ['preflight', 'www.example.com', ...sides],
      ['start', 'www.example.com', ...sides, '--yes'],
      ['export', 'www.example.com', '--as', 'terraform'],
      ['iam', 'www.example.com'],
      ['status', 'www.example.com', '--no-state'],
    ]) {
      const said = await typed(args, { env: toServer });
      expectText(said);
      expect([3, 7], args.join(' ')).toContain(said.code);
      expect(said.out).toBe('');
    }
  });
});

/** The attack as it can stand in XML 1.1 and HTML: whatever a careless parser lets through. */
function visible(): string {
  return attack.replaceAll('\0', '').replaceAll('<', '');
}
