import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPlanFiles, textHash } from '../../src/adapters/plan-files/plan-files.js';
import type { Event } from '../../src/core/event.js';
import { replay } from '../../src/core/migration.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import type { PlanFile, PlanFileReading } from '../../src/core/plan-file.js';
import { statusOf, type Status } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { WatchedPlanFiles } from '../../src/engine/plan-file-feed.js';
import { statusView } from '../../src/cli/render/status-view.js';
import { operator, policyOf, policyText, value, World } from './world.js';

const told = `${policyText}
notify: { channels: [{ name: team, webhook: { url: "https://hooks.example.com/x", secretFrom: "env:S" } }] }
`;
const calm = told.replace('dwell: 6s', 'dwell: 5m');

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shift-plan-files-'));
  path = join(directory, 'policy.yaml');
  writeFileSync(path, calm);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Files are read in real time, which the world's clock does not wait for; a busy machine has as long as it needs. */
function feedOf(world: World): WatchedPlanFiles {
  const { clock } = world.engine;
  const sleep = (_ms: number, signal: AbortSignal): Promise<void> =>
    setTimeout(30_000, undefined, { signal, ref: false });
  const patient = { now: () => clock.now(), monotonicMs: () => clock.monotonicMs(), bootId: '', sleep };
  return new WatchedPlanFiles(createPlanFiles(), patient);
}

function fileOf(at: string, kind: PlanFile['kind'] = 'policy'): PlanFile {
  return { kind, path: at, sha256: textHash(readFileSync(at, 'utf8')) };
}

/** At 25 %, planned from the file, with an engine that looks at it as the daemon does. */
async function runningFromFile(): Promise<{ world: World; id: string }> {
  const world = new World();
  world.planFiles = feedOf(world);
  const policy = policyOf(readFileSync(path, 'utf8'));
  const id = await world.startedAt(10, { policy, files: [fileOf(path)] });
  return { world, id };
}

/** Long enough for the next look. */
async function look(world: World, id: string): Promise<Status> {
  return statusOf(await world.ticks(id, 20), instant(world.now));
}

function changes(world: World): (Event & { type: 'plan-file-changed' })[] {
  return world.events.filter((event) => event.type === 'plan-file-changed');
}

function shown(status: Status): string {
  const options = { columns: 200, hasColor: false, now: Date.now() };
  return statusView(status, options).join('\n').replaceAll(/\s+/g, ' ');
}

describe('fault 43: a policy file', () => {
  test.each([
    ['edited', () => writeFileSync(path, `${calm}# slower\n`), 'edited', 'differs from what'],
    [
      'made invalid',
      () => writeFileSync(path, 'stages: [banana'),
      'invalid',
      'was changed and is not valid (line 1',
    ],
    ['deleted', () => rmSync(path), 'missing', 'is not there any more'],
    [
      'replaced by a directory',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
      'unreadable',
      'cannot be read (it is no ordinary file)',
    ],
  ])('%s while it runs is told once and changes nothing', async (_name, spoil, is, because) => {
    const { world, id } = await runningFromFile();
    expect((await look(world, id)).files).toMatchObject([{ path, is: 'as-planned', command: null }]);
    spoil();
    const status = await look(world, id);
    await look(world, id);
    expect(changes(world)).toHaveLength(1);
    expect(changes(world)[0]!.because).toContain(because);
    expect(status.files).toMatchObject([{ path, is }]);
    expect(shown(status)).toContain(`file ⚠ the policy file ${path} ${because}`);
    expect(status.share).toBe(10);
    expect(world.notifier.told.filter(({ message }) => message.kind === 'plan-file-changed')).toMatchObject([
      { message: { severity: 'inform' } },
    ]);
    await world.rollBack(id);
    const ended = await world.runToEnd(id);
    expect(ended.phase).toMatchObject({ phase: 'rolled-back', by: 'operator' });
    expect(shown(statusOf(ended, instant(world.now)))).not.toContain(path);
  });

  test('edited again is told again, and as it was is told as that', async () => {
    const { world, id } = await runningFromFile();
    for (const text of [`${calm}# one\n`, `${calm}# two\n`, calm]) {
      writeFileSync(path, text);
      await look(world, id);
    }
    expect(changes(world).map(({ reading }) => reading.is)).toEqual(['edited', 'edited', 'as-planned']);
    expect((await world.state(id)).planFiles).toEqual([]);
  });

  test('never keeps the guard from rolling back, even on a file system that hangs', async () => {
    const { world, id } = await runningFromFile();
    let reads = 0;
    const hanging = { read: () => ((reads += 1), new Promise<never>(() => undefined)) };
    world.planFiles = new WatchedPlanFiles(hanging, world.engine.clock);
    world.health.target = 'failed';
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(reads).toBe(1);
  });
});

describe('a file whose answer is late', () => {
  const missing = { is: 'missing', sha256: null, trouble: null } as const;
  const asPlanned = { is: 'as-planned', sha256: textHash(calm), trouble: null } as const;
  type Answer = 'late' | Omit<PlanFileReading, 'path'>;

  /** Answers one look after the other; what is late comes after its deadline, and before the next look. The last one stays. */
  async function looksAt(...answers: [Answer, ...Answer[]]): Promise<string[]> {
    const { world, id } = await runningFromFile();
    let looks = 0;
    let letCome = (): void => undefined;
    const read = async (file: PlanFile): Promise<PlanFileReading> => {
      const answer = answers[Math.min(looks, answers.length - 1)]!;
      looks += 1;
      if (answer !== 'late') return { path: file.path, ...answer };
      await new Promise<void>((resolve) => (letCome = resolve));
      return { path: file.path, ...asPlanned };
    };
    world.planFiles = new WatchedPlanFiles({ read }, world.engine.clock);
    for (let ticks = 0; looks < answers.length && ticks < 200; ticks += 1) {
      await world.tick(id);
      letCome();
    }
    expect(looks).toBe(answers.length);
    await world.tick(id);
    return changes(world).map(({ reading }) => reading.is);
  }

  test('once is not told, nor once more after a good one', async () => {
    expect(await looksAt('late', asPlanned, 'late', asPlanned)).toEqual([]);
  });

  test('twice in a row is told once, and so is its end', async () => {
    expect(await looksAt('late', 'late')).toEqual(['unreadable']);
    expect(await looksAt('late', 'late', 'late', asPlanned)).toEqual(['unreadable', 'as-planned']);
  });

  test('leaves what was seen before as it is', async () => {
    expect(await looksAt(missing, 'late', missing)).toEqual(['missing']);
  });

  test('is another thing than one that is gone or that nobody may read, which is told at the first look', async () => {
    expect(await looksAt(missing)).toEqual(['missing']);
    expect(await looksAt({ is: 'unreadable', sha256: null, trouble: 'EACCES' })).toEqual(['unreadable']);
  });

  test('does not hide that its reading failed', async () => {
    const { world, id } = await runningFromFile();
    const read = (): Promise<never> => Promise.reject(new Error('EIO: i/o error'));
    world.planFiles = new WatchedPlanFiles({ read }, world.engine.clock);
    await world.ticks(id, 2);
    expect(changes(world).map(({ reading }) => reading.trouble)).toEqual(['EIO: i/o error']);
  });

  test('on a file system that hangs is told in the end, and read only once', async () => {
    const { world, id } = await runningFromFile();
    let reads = 0;
    const hanging = { read: () => ((reads += 1), new Promise<never>(() => undefined)) };
    world.planFiles = new WatchedPlanFiles(hanging, world.engine.clock);
    await world.ticks(id, 60);
    expect(changes(world).map(({ because }) => because)).toEqual([
      expect.stringContaining('cannot be read (no answer within 1000 ms, twice in a row), so nobody knows'),
    ]);
    expect(reads).toBe(1);
  });
});

describe('fault 42: a migration file or policy file that is edited', () => {
  test('counts only once replan was typed, which status names, and the new file is watched from then on', async () => {
    const { world, id } = await runningFromFile();
    const faster = calm.replace('dwell: 5m', 'dwell: 1m');
    writeFileSync(path, faster);
    const status = await look(world, id);
    const command = `shiftctl replan www.example.com --policy ${path}`;
    expect(status.files).toMatchObject([{ is: 'edited', command }]);
    expect(shown(status)).toContain(command);
    const shownPolicy = policyOf(calm);
    expect((await world.state(id)).plan.policy).toEqual(shownPolicy);
    const change = { shown: shownPolicy, policy: policyOf(faster), file: fileOf(path) };
    const replanned = value(await world.migrations.replan(id, operator, change));
    expect(replanned.planFiles).toEqual([]);
    const told = changes(world).length;
    expect(await look(world, id)).toMatchObject({ files: [{ path, is: 'as-planned' }] });
    expect(changes(world), 'there is nothing to say about it').toHaveLength(told);
    writeFileSync(path, calm);
    expect(await look(world, id)).toMatchObject({ files: [{ path, is: 'edited' }] });
  });

  test('of the migration is told without a command that would not work', async () => {
    const file = join(directory, 'migration.yaml');
    const text = 'hosts:\n  www.example.com: { from: "heroku:my-app", to: "aws:lb.example.net" }\n';
    writeFileSync(file, text);
    const world = new World();
    world.planFiles = feedOf(world);
    const files = [fileOf(file, 'migration'), fileOf(path)];
    const id = await world.startedAt(10, { policy: policyOf(calm), files });
    writeFileSync(file, text.replace('lb.', 'other.'));
    const status = await look(world, id);
    expect(status.files).toMatchObject([
      { kind: 'migration', is: 'edited', command: expect.stringContaining('<policy file>') as string },
      { kind: 'policy', is: 'as-planned' },
    ]);
    expect(changes(world)[0]!.because).toContain('hosts and sides of a running migration cannot change');
  });
});

test('a journal of before files were kept replays, and knows of no file', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const events = (await world.journal(id)).map(({ event }) => event);
  const [first] = events;
  expect((first as Event & { plan: MigrationPlan }).plan).not.toHaveProperty('files');
  expect(statusOf(replay(events), instant(world.now)).files).toEqual([]);
});
