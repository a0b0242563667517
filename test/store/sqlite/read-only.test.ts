import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { migration, noted, planned, start, step } from '../samples.js';
import { stateDirectory } from './state-directory.js';

// Modes mean nothing to root, so these tests run as nobody where they are started by root.
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
beforeAll(async () => {
  // Loads what is loaded lazily, SQLite's binary above all, while this process may still read its own checkout.
  const directory = mkdtempSync(join(tmpdir(), 'shift-store-'));
  const store = await openSqliteStore({ directory });
  await store[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  if (isRoot) process.seteuid?.(nobody);
});
afterEach(() => {
  if (isRoot) process.seteuid?.(0);
});

async function closedState(): Promise<string> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  return directory;
}

/** Neither the directory nor the files in it can be written until the test has finished. */
function protect(directory: string): void {
  for (const file of ['shift.db', 'shift.db-wal', 'shift.db-shm'])
    if (existsSync(join(directory, file))) chmodSync(join(directory, file), 0o444);
  chmodSync(directory, 0o555);
  onTestFinished(() => chmodSync(directory, 0o755));
}

async function idsIn(directory: string): Promise<string[]> {
  await using store = await openSqliteStore({ directory, readOnly: true });
  expect(await store.read('m1', 0)).toHaveLength(1);
  return (await store.list()).map((row) => row.id);
}

test('fault 31: a state that was closed and is wholly read-only can be read', async () => {
  const directory = await closedState();
  protect(directory);
  expect(await idsIn(directory)).toEqual(['m1']);
});

test('a state in use is read with its latest commits, even when nothing in it may be written', async () => {
  const directory = stateDirectory();
  await using writer = await openSqliteStore({ directory });
  await writer.create(migration('m1'), planned(migration('m1')), start);
  protect(directory);
  expect(await idsIn(directory)).toEqual(['m1']);
});

test('a reader sees what is written after it opened', async () => {
  const directory = await closedState();
  await using reader = await openSqliteStore({ directory, readOnly: true });
  await using writer = await openSqliteStore({ directory });
  await writer.append(step('m1', 1, [noted('later')]));
  expect(await reader.read('m1', 1)).toHaveLength(1);
});

test('fault 31: modes that a writer refuses do not stop a reader, and it leaves them alone', async () => {
  const directory = await closedState();
  chmodSync(directory, 0o777);
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({ reason: 'permissions' });
  expect(await idsIn(directory)).toEqual(['m1']);
});

test('a reader cannot write', async () => {
  const directory = await closedState();
  await using store = await openSqliteStore({ directory, readOnly: true });
  const refused = { name: 'StoreError', reason: 'permissions' };
  await expect(store.append(step('m1', 1, [noted('x')]))).rejects.toMatchObject(refused);
  await expect(store.seizeLease('m1', 'a', 1000, start)).rejects.toMatchObject(refused);
});

test('fault 31: a writer cannot open a read-only state', async () => {
  const directory = await closedState();
  protect(directory);
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    name: 'StoreError',
    reason: 'permissions',
    message: expect.stringContaining(directory) as unknown,
  });
});

test('a reader makes no directory and no file', async () => {
  const directory = stateDirectory();
  const missing = { reason: 'missing', message: expect.stringContaining(directory) as unknown };
  await expect(openSqliteStore({ directory, readOnly: true })).rejects.toMatchObject(missing);
  expect(existsSync(directory)).toBe(false);
  mkdirSync(directory);
  await expect(openSqliteStore({ directory, readOnly: true })).rejects.toMatchObject(missing);
  expect(existsSync(join(directory, 'shift.db'))).toBe(false);
});

test('a reader does not upgrade an older schema, and says what does', async () => {
  const directory = await closedState();
  const database = new Database(join(directory, 'shift.db'));
  database.pragma('user_version = 0');
  database.close();
  const before = readFileSync(join(directory, 'shift.db'));
  await expect(openSqliteStore({ directory, readOnly: true })).rejects.toMatchObject({
    reason: 'missing',
    message: expect.stringContaining('schema version 0, but 1 is needed') as unknown,
  });
  expect(readFileSync(join(directory, 'shift.db'))).toEqual(before);
});

test('a damaged state that is wholly read-only is refused', async () => {
  const directory = await closedState();
  writeFileSync(join(directory, 'shift.db'), 'no database');
  protect(directory);
  await expect(openSqliteStore({ directory, readOnly: true })).rejects.toMatchObject({ reason: 'corrupt' });
});
