import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.js';
import type { CommandContext } from '../../src/cli/command-context.js';
import { history, type HistoryOutput } from '../../src/cli/commands/history.js';
import { list } from '../../src/cli/commands/list.js';
import { report, type ReportOptions } from '../../src/cli/commands/report.js';
import { status } from '../../src/cli/commands/status.js';
import { run } from '../../src/cli/program.js';
import { openStore } from '../../src/compose/store.js';
import { readConfig, type Config } from '../../src/config.js';
import type { Event } from '../../src/core/event.js';
import { isLive } from '../../src/core/phase.js';
import { replay } from '../../src/core/migration.js';
import { startRoute53 } from '../../src/lab/route53/server.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { World } from '../engine/world.js';
import { completed, rolledBackByUsers } from '../core/report/journeys.js';
import { isObserving, Journey } from './render/journey.js';

let directory = '';

beforeAll(useCanaryCredentials);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-reading-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Nothing listens at the port that stands for Route 53 where a test does not bring its own. */
function configOf(endpoint = 'http://127.0.0.1:9'): Config {
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => false };
  const config = readConfig({ AWS_ENDPOINT_URL_ROUTE_53: endpoint }, { stateDir: directory }, surroundings);
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

/** A terminal that keeps what it is told; `columns` and `rows` make it one that a person looks at. */
class Screen {
  out = '';
  err = '';
  readonly stop: AbortController = new AbortController();
  columns = 80;
  rows = 40;
  onOut: (text: string) => void = () => undefined;
  private readonly isInteractive: boolean;

  constructor(isInteractive = false) {
    this.isInteractive = isInteractive;
  }

  context(config: Config = configOf()): CommandContext {
    return {
      config,
      signal: this.stop.signal,
      terminal: {
        out: (text) => {
          this.out += `${text}\n`;
          this.onOut(text);
        },
        err: (text) => void (this.err += `${text}\n`),
        isInteractive: this.isInteractive,
        canAsk: false,
        hasColor: false,
        columns: () => this.columns,
        rows: () => this.rows,
      },
    };
  }
}

/** Stores a journal as the engine would, in one step after its plan. */
async function keep(events: readonly Event[]): Promise<void> {
  const [first, ...rest] = events;
  if (first?.type !== 'migration-planned') throw new Error('a journal begins with its plan');
  const { id, hosts } = first.plan;
  await using store = await openStore(configOf(), false);
  const row = { id, hosts: hosts.map(({ host }) => host), live: true, createdAt: first.at };
  await store.create(row, first, first.at);
  if (rest.length > 0) await append(id, 1, rest, events);
}

async function append(
  id: string,
  sequence: number,
  news: readonly Event[],
  all: readonly Event[],
): Promise<void> {
  await using store = await openStore(configOf(), false);
  const at = news[0]!.at;
  const { phase } = replay(all);
  const step = { migrationId: id, events: news, at, live: isLive(phase), epoch: null };
  expect(await store.append({ ...step, expectedSequence: sequence })).toMatchObject({ ok: true });
}

async function failureOf(running: Promise<unknown>): Promise<string> {
  const error: unknown = await running.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof CommandFailure ? JSON.stringify(error.failure) : String(error);
}

describe('status', () => {
  test('explains an earlier stage by the numbers of the moment in which it was left', async () => {
    await keep(rolledBackByUsers().events);
    const screen = new Screen();
    await status(screen.context(), undefined, { why: true, stage: '10%', output: 'text' });
    expect(screen.out).toMatch(/^stage 10%, in force from .*; left at .* \(next-stage: dwell of 6s is over/);
    expect(screen.out).toMatch(/^promote at 10%:/m);
    expect(screen.out).toMatch(/to promote: needs 20 : 1 .* ok \| dwell 6\/6 s ok/);
    const json = new Screen();
    await status(json.context(), undefined, { why: true, stage: '25', output: 'json' });
    expect(JSON.parse(json.out)).toMatchObject({ version: 1, share: 25, verdict: { verdict: 'rollback' } });
  });

  test.each([
    ['50', 'a stage of 50% was never in force; these were: 0%, 10%, 25%'],
    ['soon', '\\"soon\\" is not a share'],
  ])('knows no stage %s that was never in force', async (stage, message) => {
    await keep(rolledBackByUsers().events);
    const asked = status(new Screen().context(), undefined, { why: true, stage, output: 'text' });
    expect(await failureOf(asked)).toContain(message);
  });

  test('refuses options that contradict each other', async () => {
    const context = new Screen().context();
    expect(await failureOf(status(context, undefined, { stage: '10', output: 'text' }))).toContain(
      'add --why',
    );
    expect(await failureOf(status(context, undefined, { why: true, watch: true, output: 'text' }))).toContain(
      '--watch',
    );
  });

  test('shows the gate with its bounds', async () => {
    const { events } = rolledBackByUsers();
    const left = events.findIndex(({ type }) => type === 'rollback-requested');
    await keep(events.slice(0, left));
    const screen = new Screen();
    await status(screen.context(), undefined, { output: 'text' });
    expect(screen.out).toMatch(
      /^evidence {3}over 1,000,000 : 1 that the target is worse; rolled back at 100 : 1$/m,
    );
    expect(screen.out).toMatch(/^proof {6}.* that it fails at most .*; promoted at 20 : 1$/m);
    expect(screen.out).toMatch(
      /^failing {4}target 35 of 760 \(4\.6 %\), source 20 of 3,240 \(0\.62 %\), allowed 0\.78 %$/m,
    );
  });

  test('on a pipe writes one whole block for each change, and ends with the migration', async () => {
    const { events } = completed();
    const begun = events.findIndex(({ type }) => type === 'settled') + 1;
    await keep(events.slice(0, begun));
    const screen = new Screen();
    let appended: Promise<void> | null = null;
    screen.onOut = () => {
      appended ??= append('www-shop-test-7c1f0a', begun, events.slice(begun), events);
    };
    await status(screen.context(), undefined, { watch: true, output: 'text' });
    const blocks = screen.out.split(/^LAB /m).slice(1);
    expect(blocks).toHaveLength(2);
    expect(blocks[1]).toMatch(/phase {6}✔ completed/);
    expect(blocks[1]).toMatch(/✔ completed: everything points at the target/);
    expect(screen.out).not.toMatch(/\u001b/);
  });

  test('in a terminal is redrawn when its size changes, never wider, with the last events where there is room', async () => {
    const journey = new Journey().until(isObserving(25));
    await keep(journey.events);
    const screen = new Screen(true);
    const frames: string[] = [];
    screen.onOut = (text) => {
      frames.push(text);
      if (frames.length === 1) Object.assign(screen, { columns: 60, rows: 18 });
      else screen.stop.abort();
    };
    await status(screen.context(), undefined, { watch: true, output: 'text' });
    expect(frames[0]).toContain('✔ settled: cached answers have expired');
    expect(frames[0]).toContain('shiftctl rollback www.shop.test');
    const widest = Math.max(...(frames[1] ?? '').split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(60 + '\u001b[H\u001b[J'.length);
    expect((frames[1] ?? '').split('\n').length).toBeLessThan(18);
    expect(frames[1]).not.toContain('✔ settled: cached answers have expired');
  });

  test('stops at once when its reader has left', async () => {
    await keep(new Journey().until(isObserving(25)).events);
    const screen = new Screen();
    screen.onOut = () => screen.stop.abort(new Error('EPIPE'));
    expect(await status(screen.context(), undefined, { watch: true, output: 'text' })).toBe(0);
    expect(screen.out.match(/^phase/gm)).toHaveLength(1);
  });
});

describe('history', () => {
  async function begun(): Promise<{ world: World; config: Config; id: string }> {
    const world = new World();
    const id = await world.startedAt(25);
    await keep((await world.journal(id)).map(({ event }) => event));
    const lab = await startRoute53({ zones: world.zones, host: '127.0.0.1', port: 0 });
    onTestFinished(() => lab.close());
    return { world, config: configOf(lab.url), id };
  }

  test('compares the head in the zone, and says what that proves', async () => {
    const { config } = await begun();
    const screen = new Screen();
    expect(await history(screen.context(config), undefined, { verify: true, output: 'text' })).toBe(0);
    expect(screen.out).toMatch(/^✔ the hash chain is whole: each of \d+ entries/m);
    expect(screen.out).toMatch(
      /^✔ zone agrees: the marker of www\.example\.com carries the hash of entry \d+$/m,
    );
    expect(screen.out).toContain('one cut off at the end would not show');
  });

  test('finds a journal that was put back from an older copy', async () => {
    const { world, id } = await begun();
    const entries = await world.journal(id);
    await rm(directory, { recursive: true });
    await keep(entries.slice(0, 5).map(({ event }) => event));
    const lab = await startRoute53({ zones: world.zones, host: '127.0.0.1', port: 0 });
    onTestFinished(() => lab.close());
    const screen = new Screen();
    expect(
      await history(screen.context(configOf(lab.url)), undefined, { verify: true, output: 'json' }),
    ).toBe(6);
    const { verification } = JSON.parse(screen.out) as HistoryOutput;
    expect(verification?.anchors).toEqual([
      { host: 'www.example.com', found: 'unanchored', head: expect.any(String) as string },
    ]);
  });

  test('says that it did not compare when the zone cannot be read, which is not an error', async () => {
    await begun();
    const screen = new Screen();
    expect(await history(screen.context(), undefined, { verify: true, output: 'text' })).toBe(0);
    expect(screen.out).toMatch(
      /^\? not compared with the zone: route53 ListResourceRecordSets, unavailable: /m,
    );
    expect(screen.out).toContain('The chain alone shows');
  });

  test('asks nobody without --verify, and in JSON tells each time in UTC', async () => {
    await keep(completed().events);
    const screen = new Screen();
    await history(screen.context(), undefined, { output: 'json' });
    const { entries, verification } = JSON.parse(screen.out) as HistoryOutput;
    expect(verification).toBe(null);
    expect(entries[0]).toMatchObject({ sequence: 1, time: '2026-11-20T18:42:00.000Z' });
  });
});

describe('report', () => {
  async function written(options: Partial<ReportOptions>): Promise<Screen> {
    const screen = new Screen();
    await report(screen.context(), undefined, { output: 'text', ...options });
    return screen;
  }

  test('goes to the file that is named, in the form of its ending, readable by the owner alone', async () => {
    await keep(rolledBackByUsers().events);
    const out = join(directory, 'report.html');
    const { err, out: printed } = await written({ out });
    expect(await readFile(out, 'utf8')).toMatch(/^<!DOCTYPE html>\n[^]*<\/html>\n$/);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect([printed, err]).toEqual(['', `shiftctl: written to ${out}\n`]);
  });

  test('replaces a file only when it is told to, and leaves nothing half written', async () => {
    await keep(completed().events);
    const folder = join(directory, 'reports');
    const out = join(folder, 'report.md');
    await mkdir(folder);
    await writeFile(out, 'mine');
    expect(await failureOf(written({ out }))).toContain('is there already; --force replaces it');
    expect(await readFile(out, 'utf8')).toBe('mine');
    await written({ out, force: true });
    expect(await readFile(out, 'utf8')).toMatch(/^# www\.shop\.test: completed\n/);
    expect(await readdir(folder)).toEqual(['report.md']);
    expect(await failureOf(written({ out: join(directory, 'nowhere', 'a.md') }))).toContain(
      'could not be written',
    );
  });

  test('is Markdown on a pipe, and JSON where that is asked for', async () => {
    await keep(completed().events);
    expect((await written({})).out).toMatch(/^# www\.shop\.test: completed\n/);
    expect((await written({ as: 'html' })).out).toMatch(/^<!DOCTYPE html>/);
    expect(JSON.parse((await written({ output: 'json' })).out)).toMatchObject({ version: 1 });
    expect(await failureOf(written({ output: 'json', as: 'html' }))).toContain('leave --as out');
  });
});

test('the table of verbs hands over what the verbs take', async () => {
  await keep(rolledBackByUsers().events);
  const out = join(directory, 'page');
  const typed = (...args: string[]): Promise<number> =>
    run(['--state-dir', directory, ...args], new AbortController().signal);
  const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => quiet.mockRestore());
  expect(await typed('report', 'www.shop.test', '--as', 'html', '--out', out)).toBe(0);
  expect(await typed('report', '--as', 'markdown', '--out', out, '--force')).toBe(0);
  expect(await readFile(out, 'utf8')).toMatch(/^# www\.shop\.test/);
  expect(await typed('report', '--as', 'pdf')).toBe(2);
  expect(await typed('status', '--why', '--stage', '10')).toBe(0);
  expect(await typed('status', '--exit-code')).toBe(4);
});

test('list has a line for each migration', async () => {
  await keep(completed().events);
  const screen = new Screen();
  await list(screen.context(), { output: 'text' });
  expect(screen.out).toMatch(/www\.shop\.test {2}✔ completed {2}100% {3}4\/4/);
  const json = new Screen();
  await list(json.context(), { output: 'json' });
  expect(JSON.parse(json.out)).toMatchObject({ version: 1, migrations: [{ phase: 'completed' }] });
});
