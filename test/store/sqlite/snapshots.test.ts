import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import { plus } from '../../../src/core/time.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { missingSnapshot } from '../../../src/store/sqlite/snapshots.js';
import { migration, planned, start, step } from '../samples.js';
import { stateDirectory } from './state-directory.js';

const settled: Event = { type: 'settled', at: start };
const minuteMs = 60_000;

/** Waits for the snapshot that is being made, if any, by opening the state again: closing waits for it. */
async function append(
  directory: string,
  sequence: number,
  event: Event,
  afterMs: number,
): Promise<string | null> {
  const store = await openSqliteStore({ directory });
  try {
    expect((await store.append(step('m1', sequence, [event], { at: plus(start, afterMs) }))).ok).toBe(true);
  } finally {
    await store[Symbol.asyncDispose]();
  }
  return store.snapshotTrouble();
}

async function begun(): Promise<{ directory: string; folder: string }> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  return { directory, folder: join(directory, 'backups') };
}

test('a snapshot that cannot be made is told, also to whoever only reads, until one can', async () => {
  const { directory, folder } = await begun();
  writeFileSync(folder, 'in the way');
  await using store = await openSqliteStore({ directory });
  expect(store.snapshotTrouble()).toBeNull();
  await store.append(step('m1', 1, [settled], { at: start }));
  await expect.poll(() => store.snapshotTrouble()).toMatch(/^no snapshot of the state could be made: E/);
  rmSync(folder);
  mkdirSync(folder);
  const now = plus(start, 2 * minuteMs);
  expect(missingSnapshot(directory, [settled], now)).toContain('there is none');
  await store.append(step('m1', 2, [{ type: 'insync', at: plus(start, 1_000) }], { at: plus(start, 1_000) }));
  expect(readdirSync(folder), 'it is not tried at every write').toEqual([]);
  await store.append(step('m1', 3, [{ type: 'insync', at: now }], { at: now }));
  await expect.poll(() => store.snapshotTrouble()).toBeNull();
  expect(readdirSync(folder)).toHaveLength(1);
  expect(missingSnapshot(directory, [settled], now)).toBeNull();
});

test('nothing is missing before the first stage has ended, and while one is being made', async () => {
  const { directory } = await begun();
  const { at } = settled;
  expect(missingSnapshot(directory, [planned(migration('m1'))], plus(at, 10 * minuteMs))).toBeNull();
  expect(missingSnapshot(directory, [settled], plus(at, minuteMs - 1))).toBeNull();
  expect(missingSnapshot(directory, [settled], plus(at, minuteMs))).not.toBeNull();
});

test('an older snapshot than the latest stage is not that stage', async () => {
  const { directory } = await begun();
  expect(await append(directory, 1, settled, 0)).toBeNull();
  const later = { ...settled, at: plus(start, 60 * minuteMs) };
  expect(missingSnapshot(directory, [settled], later.at)).toBeNull();
  expect(missingSnapshot(directory, [settled, later], plus(later.at, minuteMs))).toMatch(
    /the newest is .*\.db/,
  );
});
