import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import { plus } from '../../../src/core/time.js';
import { verifyChain } from '../../../src/store/hash-chain.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { StoreError } from '../../../src/store/store-error.js';
import { accepted, intentOpened, migration, noted, planned, start, step } from '../samples.js';
import { stateDirectory } from './state-directory.js';

const settled: Event = { type: 'settled', at: start };

/** A closed state whose journal has ended this many stages, an hour apart, with as many snapshots as are kept. */
async function stagesEnded(count: number): Promise<string> {
  const directory = stateDirectory();
  for (let stage = 0; stage <= count; stage += 1) {
    await using store = await openSqliteStore({ directory });
    const at = plus(start, stage * 3_600_000);
    const stored =
      stage === 0
        ? await store.create(migration('m1'), planned(migration('m1')), at)
        : await store.append(step('m1', stage, [settled], { at }));
    expect(stored).toMatchObject({ ok: true });
  }
  return directory;
}

async function refusal(directory: string): Promise<StoreError> {
  const error: unknown = await openSqliteStore({ directory }).catch((caught: unknown) => caught);
  if (error instanceof StoreError) return error;
  throw new Error(`opened: ${String(error)}`);
}

test('fault 32: after each stage a whole snapshot is kept beside the journal, private, the newest five', async () => {
  const directory = await stagesEnded(7);
  const folder = join(directory, 'backups');
  const names = readdirSync(folder);
  expect(names).toHaveLength(5);
  expect(names.at(-1)).toBe('shift-20260102T100405000Z.db');
  expect(names[0]).toBe('shift-20260102T060405000Z.db');
  expect(statSync(join(folder, names[0]!)).mode & 0o077).toBe(0);
  const restored = stateDirectory();
  mkdirSync(restored, { mode: 0o700 });
  copyFileSync(join(folder, names[0]!), join(restored, 'shift.db'));
  await using store = await openSqliteStore({ directory: restored });
  expect(await store.read('m1', 0)).toHaveLength(4);
});

test('fault 32: a damaged state is copied aside once, left as it is, and its error has the line that restores the last snapshot', async () => {
  const directory = await stagesEnded(2);
  const path = join(directory, 'shift.db');
  const content = readFileSync(path);
  content.fill(0x2a, 4096, 8192);
  writeFileSync(path, content);
  const error = await refusal(directory);
  expect(error.reason).toBe('corrupt');
  expect((await refusal(directory)).fix).toBe(error.fix);
  const copies = readdirSync(directory).filter((name) => name.startsWith('damaged-'));
  expect(copies).toHaveLength(1);
  expect(readFileSync(join(directory, copies[0]!, 'shift.db'))).toEqual(content);
  expect(readFileSync(path)).toEqual(content);
  expect(error.fix).toContain('shiftctl rollback <host> --no-state');

  const line = /rm -f .* && cp -p [^,]+/.exec(error.fix)?.[0] ?? '';
  execFileSync('sh', ['-c', line]);
  await using store = await openSqliteStore({ directory });
  expect(await store.read('m1', 0)).toHaveLength(3);
});

test('fault 32: a damaged state without a snapshot says so, and many tries do not fill the disk with copies', async () => {
  const directory = await stagesEnded(0);
  const path = join(directory, 'shift.db');
  for (let tries = 0; tries < 6; tries += 1) {
    writeFileSync(path, `no database ${tries}`.repeat(100));
    expect((await refusal(directory)).fix).toContain('restore it from a backup');
  }
  const copies = readdirSync(directory).filter((name) => name.startsWith('damaged-'));
  expect(copies.length).toBeLessThanOrEqual(3);
  expect(existsSync(join(directory, 'backups'))).toBe(false);
});

/** Bytes of a frame of the write-ahead log: its header and one page (sqlite.org, "Database File Format", section 4). */
const frameBytes = 24 + 4096;

test('fault 36: the plug pulled at each write leaves the journal as it was after one of its commits, the last one told included', async () => {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  const commits: { entries: number; bytes: number }[] = [];
  const wal = join(directory, 'shift.db-wal');
  const written: Event[] = [intentOpened('i1'), accepted('i1'), noted('x'), intentOpened('i2')];
  for (const [index, event] of written.entries()) {
    expect(await store.append(step('m1', index + 1, [event]))).toMatchObject({ ok: true });
    commits.push({ entries: index + 2, bytes: statSync(wal).size });
  }
  const whole = readFileSync(wal);
  const base = readFileSync(join(directory, 'shift.db'));
  let last = 0;
  for (let bytes = 32; bytes <= whole.length; bytes += frameBytes / 2) {
    const cut = stateDirectory();
    mkdirSync(cut, { mode: 0o700 });
    writeFileSync(join(cut, 'shift.db'), base, { mode: 0o600 });
    writeFileSync(join(cut, 'shift.db-wal'), whole.subarray(0, bytes), { mode: 0o600 });
    const told = commits.findLast((commit) => commit.bytes <= bytes);
    if (told === undefined) continue;
    await using after = await openSqliteStore({ directory: cut });
    const entries = await after.read('m1', 0);
    expect(entries.length).toBeGreaterThanOrEqual(told.entries);
    expect(verifyChain(entries)).toBeNull();
    last = entries.length;
  }
  expect(last).toBe(5);
});
