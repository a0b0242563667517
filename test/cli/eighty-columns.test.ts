import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLines } from '../../src/cli/render/check-view.js';
import { forecastLines } from '../../src/cli/render/forecast-view.js';
import { journalRunLines } from '../../src/cli/render/journal-run-view.js';
import { planLines } from '../../src/cli/render/plan-view.js';
import { displayWidth } from '../../src/cli/render/width.js';
import { zoneStatusView } from '../../src/cli/render/zone-status-view.js';
import { foldingTerminal, textTerminal, type Terminal } from '../../src/cli/terminal.js';
import type { Event } from '../../src/core/event.js';
import { forecastPlan } from '../../src/core/forecast/forecast.js';
import type { RecordName } from '../../src/core/record-name.js';
import { journalRun } from '../../src/core/simulation/journal-run.js';
import { instant, millis } from '../../src/core/time.js';
import { completed, rolledBackByUsers, users } from '../core/report/journeys.js';
import { measured } from '../engine/memory-metrics.js';
import { builtInPolicy, hostPlan, isObserving, Journey, planOf } from './render/journey.js';
import { keepJournal } from './kept-journal.js';
import { typed, type Said } from './screen.js';

let directory = '';
let env: Record<string, string> = {};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-eighty-'));
  const nobody = 'http://127.0.0.1:9';
  env = {
    ...{ HOME: directory, SHIFT_STATE_DIR: directory, SHIFT_RESOLVER: '127.0.0.1:9' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIAEIGHTY', AWS_SECRET_ACCESS_KEY: 'none', AWS_REGION: 'us-east-1' },
    ...{ AWS_ENDPOINT_URL: nobody, HEROKU_HOST: nobody, HEROKU_STATUS_URL: nobody, HEROKU_API_KEY: 'none' },
  };
});

afterEach(() => rm(directory, { recursive: true }));

/** The longest labels that DNS allows (RFC 1035, section 2.3.4). */
const longNames = ['a', 'b', 'c'].map((letter) => `${letter.repeat(63)}.${'x'.repeat(63)}.shop.test`);

/** What servers and colleagues write: commands to a terminal, wide characters, a word without end, and many words. */
const foreign = `\u001b[2J\u202e全角文字の説明 🔥🔥 https://example.com/${'p'.repeat(90)} and words that go on and on for a while\u0007`;
const foreignFields = ['because', 'message', 'by', 'who', 'fact', 'fix', 'detail', 'comment', 'text'];
const ownWords = ['guard', 'operator', 'person', 'policy'];

function withForeignText<T>(data: T): T {
  return JSON.parse(JSON.stringify(data), (key, value: unknown) =>
    typeof value === 'string' && foreignFields.includes(key) && !ownWords.includes(value)
      ? `${value} ${foreign}`
      : value,
  ) as T;
}

const longPlan = measured(
  planOf(
    longNames.map((name) => hostPlan(name, 'shop-'.repeat(5), 'balancer-'.repeat(7))),
    builtInPolicy('lab'),
  ),
);

function longGroup(): Journey {
  return new Journey(longPlan.hosts, longPlan.policy);
}

function failing(): Journey {
  const answer = { result: 'failed', because: '503 after 12 ms' } as const;
  const journey = new Journey().until(isObserving(25));
  for (let ticks = 0; ticks < 20; ticks += 1) journey.tick({ target: answer, source: answer });
  return journey;
}

const journals: readonly (readonly [string, () => readonly Event[]])[] = [
  ['of one host, planned', () => new Journey().events],
  ['of one host, both sides failing', () => failing().events],
  ['of one host, completed', () => completed().events],
  ['of long names, planned', () => longGroup().events],
  ['of long names, observing', () => longGroup().until(isObserving(25), users()).events],
  ['of long names, rolled back', () => rolledBackByUsers(longNames).events],
];

const glyphs = '✔⚠✖◷◌●○↺‖•✉';

/** One word, which cannot be broken and may stand behind a label or the mark of a list; a command to copy; a heading. */
const mayBeWide = /^(?:[\w-]+ *|[-#] )?\s*\S+(?: \\)?$|^ *(?:[\w ]{1,10} +)?(?:shiftctl|aws|dig) |^# /;

function misfits(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    const isWide = displayWidth(line) > 80 && !mayBeWide.test(line);
    const hasControls = /[\p{Cc}\p{Cf}\p{Cs}]/u.test(line);
    // A bar stands beside its number, every other glyph beside a word.
    const isBare =
      line.split(new RegExp(`[${glyphs}]`, 'u')).some((after, at) => at > 0 && !/^ [\p{L}\d]/u.test(after)) ||
      (/[█░]/.test(line) && !/\d%\s+[█░]/.test(line));
    const others = line.replace(new RegExp(`[${glyphs}█░…├└─\\p{L}\\p{N}🔥\\u0020-\\u007e]`, 'gu'), '');
    return isWide || hasControls || isBare || others !== '';
  });
}

function onScreen(line: string): Promise<Said> {
  return typed(line.split(' '), { env, isInteractive: true, errorColumns: 80 });
}

const reading = ['status', 'status --why', 'list', 'history', 'history --verify', 'runbook'];

describe.each(journals)('on a screen of 80 columns, a journal %s', (_name, events) => {
  test.each(reading)('%s breaks no line raggedly and leaves no glyph without a word', async (line) => {
    await keepJournal(directory, withForeignText(events()));
    const { code, out, err } = await onScreen(line);
    expect({ code, misfits: [...misfits(out), ...misfits(err)] }).toEqual({ code: 0, misfits: [] });
    expect(out.split('\n').length).toBeGreaterThan(1);
  });
});

/** What a verb prints line by line, as it reaches a screen of 80 columns, and as it reaches a pipe. */
function shown(lines: readonly string[], isInteractive: boolean): string {
  const said: string[] = [];
  const terminal: Terminal = {
    ...{ isInteractive, canAsk: false, hasColor: false, columns: () => 80, rows: () => 24 },
    out: (text) => void said.push(text),
    err: () => undefined,
  };
  for (const line of lines) foldingTerminal(textTerminal(terminal)).out(line);
  return said.join('\n');
}

const policies = ['standard', 'cautious', 'fast', 'lab'];

describe.each([true, false])('what is printed once fits 80 columns, on a screen: %s', (isInteractive) => {
  test.each(policies)('the plan of %s', (name) => {
    const plan = { ...longPlan, policy: { ...builtInPolicy(name), name: `${name}-${'y'.repeat(50)}` } };
    expect(misfits(shown(planLines(withForeignText(plan)), isInteractive))).toEqual([]);
  });

  test.each([null, 0, 3, 20_000_000])('the forecast at %s requests a minute', (perMinute) => {
    const plan = { ...longPlan, hosts: longPlan.hosts.slice(0, 1), policy: builtInPolicy('fast') };
    const counts = { n: perMinute ?? 0, e: Math.floor((perMinute ?? 0) / 90) };
    const buckets = perMinute === null ? [] : Array.from({ length: 180 }, () => counts);
    const because = perMinute === null ? `the source was not read: ${foreign}` : null;
    const past = plan.hosts.map(({ host }) => ({ host, buckets, because }));
    expect(misfits(shown(forecastLines(forecastPlan(plan, past, 26)), isInteractive))).toEqual([]);
  });

  test('checks, the zone alone, and a journal under another policy', () => {
    const checks = (['ok', 'warning', 'refused'] as const).map((verdict) => ({
      ...{ name: 'name servers', verdict, fact: foreign },
      fix: `look who changed it, who may know why, and what for; back to the source: shiftctl rollback ${longNames[0] ?? ''}`,
    }));
    expect(misfits(shown(checkLines(checks, false), isInteractive))).toEqual([]);
    const [zoneHost] = longNames;
    const zone = {
      ...{ migrationId: 'long-7c1f0a', state: 'live', generation: 3, due: instant(0), overdueMs: 3_600_000 },
      hosts: [{ host: `${zoneHost ?? ''}.` as RecordName, share: 25, records: [foreign] }],
    } as const;
    const screen = shown(zoneStatusView(zone as Parameters<typeof zoneStatusView>[0]), true);
    expect(misfits(screen)).toEqual([]);
    const { events } = longGroup().until(({ phase }) => phase.phase === 'completed', users());
    const playing = journalRun(events, {
      ...builtInPolicy('lab'),
      name: 'z'.repeat(60),
      bakeMs: millis(60_000),
    });
    for (;;) {
      const step = playing.next();
      if (step.done !== true) continue;
      if (!step.value.ok) throw new Error(step.value.error);
      const lines = journalRunLines(step.value.value, { hosts: longNames.join(', '), since: 0 });
      expect(misfits(shown(lines, isInteractive))).toEqual([]);
      return;
    }
  });
});

const long = longNames[0] ?? '';

test.each(policies)('the file of the policy %s', async (name) => {
  const { out } = await onScreen(`policy show ${name}`);
  expect(misfits(out)).toEqual([]);
});

test('a policy has one line in the list', async () => {
  const { out } = await onScreen('policy list');
  expect(misfits(out)).toEqual([]);
  expect(out.trimEnd().split('\n')).toHaveLength(policies.length);
});

describe('errors on a screen of 80 columns', () => {
  test.each([
    'status',
    `status ${long} --no-state`,
    `plan ${long} --from heroku:${'x'.repeat(80)} --to https://${long}`,
    `plan ${long} --from heroku:shop --to aws:${long}`,
    'plan www.example.com --from heroku:shop --to aws:lb.eu-west-1.elb.amazonaws.com',
    `policy show ${'no-such-policy-'.repeat(9)}`,
    'policy validate /nowhere/at/all.yaml',
    'start www.example.com --from heroku:shop --to aws:lb.eu-west-1.elb.amazonaws.com',
    'simulate --rps many',
    'init',
    'lab env',
    'status --stag 10',
    'rolback www.example.com',
  ])('%s', async (line) => {
    const said = await typed(line.split(' '), { env, isInteractive: true, errorColumns: 80 });
    expect(said.code).not.toBe(0);
    expect({ out: said.out, misfits: misfits(said.err) }).toEqual({ out: '', misfits: [] });
    expect(said.err).not.toBe('');
  });

  test('on a pipe each stands on one line, so that it can be searched for', async () => {
    const { err } = await typed(['status', long, '--no-state'], { env });
    expect(err.split('\n').some((line) => displayWidth(line) > 80)).toBe(true);
  });
});
