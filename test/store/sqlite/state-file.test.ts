import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { migration, planned, start } from '../samples.js';
import { stateDirectory } from './state-directory.js';

const isRoot = process.geteuid?.() === 0;

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** A directory with one migration in it, as a store that was closed leaves it. */
async function closedState(): Promise<string> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  return directory;
}

test('directory and files are private from the first moment, whatever the umask', async () => {
  const directory = stateDirectory();
  const umask = process.umask(0);
  try {
    await using store = await openSqliteStore({ directory: join(directory, 'deep') });
    await store.create(migration('m1'), planned(migration('m1')), start);
    expect(mode(directory)).toBe('700');
    expect(mode(join(directory, 'deep'))).toBe('700');
    const files = readdirSync(join(directory, 'deep')).sort();
    expect(files).toEqual(['shift.db', 'shift.db-shm', 'shift.db-wal']);
    for (const file of files) expect(mode(join(directory, 'deep', file))).toBe('600');
  } finally {
    process.umask(umask);
  }
});

test('fault 31: unattended, a file that others may read is refused with the command that closes it, and left alone', async () => {
  const directory = await closedState();
  const path = join(directory, 'shift.db');
  chmodSync(path, 0o644);
  await expect(openSqliteStore({ directory, readable: 'refused' })).rejects.toMatchObject({
    reason: 'permissions',
    message: expect.stringContaining(`others may read ${path} (mode 644)`) as unknown,
    fix: `chmod 600 ${path}`,
  });
  expect(mode(path)).toBe('644');
  chmodSync(path, 0o600);
  await using store = await openSqliteStore({ directory, readable: 'refused' });
  expect(await store.list()).toHaveLength(1);
});

test('fault 31: in the hands of a person a file that others may read is made private', async () => {
  const directory = await closedState();
  chmodSync(join(directory, 'shift.db'), 0o644);
  await using store = await openSqliteStore({ directory });
  expect(await store.list()).toHaveLength(1);
  expect(mode(join(directory, 'shift.db'))).toBe('600');
});

test('a directory that others may only read is accepted as it is', async () => {
  const directory = await closedState();
  chmodSync(directory, 0o755);
  await using store = await openSqliteStore({ directory });
  expect(await store.list()).toHaveLength(1);
  expect(mode(directory)).toBe('755');
});

test.each([
  ['the directory', '', 0o775, '700'],
  ['the directory', '', 0o707, '700'],
  ['the file', 'shift.db', 0o660, '600'],
  ['the write-ahead log', 'shift.db-wal', 0o602, '600'],
])('fault 31: %s is refused when others may write it (%#)', async (_, file, badMode, goodMode) => {
  const directory = await closedState();
  const path = join(directory, file);
  if (file === 'shift.db-wal') writeFileSync(path, '');
  chmodSync(path, badMode);
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    reason: 'permissions',
    path,
    message: `others may write ${path} (mode ${badMode.toString(8)}), so what it says cannot be trusted`,
    fix: `if its content is what you expect: chmod ${goodMode} ${path}`,
  });
});

test.runIf(isRoot).each([
  ['the directory', ''],
  ['the file', 'shift.db'],
])('%s is refused when it belongs to another user', async (_, file) => {
  const directory = await closedState();
  const path = join(directory, file);
  chownSync(path, 12_345, 0);
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    reason: 'permissions',
    message: `${path} belongs to user 12345, but this program runs as user 0`,
    fix: `run it as user 12345, or: chown -R 0 ${path}`,
  });
});

test('a command to type is quoted for the shell', async () => {
  const directory = join(stateDirectory(), "it's mine");
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o777);
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    fix: expect.stringContaining(`chmod 700 '${directory.replace("'", `'\\''`)}'`) as unknown,
  });
});

test('a directory that is a file is refused by name', async () => {
  const directory = stateDirectory();
  writeFileSync(directory, '');
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    name: 'StoreError',
    reason: 'missing',
    message: expect.stringContaining(directory) as unknown,
  });
});
