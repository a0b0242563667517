import {
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import { openForWriting } from '../../../src/store/sqlite/connection.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { prepareStateFile } from '../../../src/store/sqlite/state-file.js';
import { migration, noted, planned, start, step } from '../samples.js';
import { stateDirectory } from './state-directory.js';

const long = 'x'.repeat(2000);

/** A closed state with a journal of 41 entries on many pages. */
async function closedState(): Promise<{ directory: string; path: string }> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  const events = Array.from({ length: 40 }, (_, index) => noted(`${index} ${long}`));
  expect(await store.append(step('m1', 1, events))).toMatchObject({ ok: true });
  return { directory, path: join(directory, 'shift.db') };
}

function edit(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** What a StoreError must be: of this reason, about this directory, and with a way out. */
function storeError(reason: string, directory: string, message: RegExp = /./): unknown {
  return expect.objectContaining({
    name: 'StoreError',
    reason,
    path: expect.stringContaining(directory) as unknown,
    message: expect.stringMatching(message) as unknown,
    fix: expect.stringMatching(/shiftctl|shift/) as unknown,
  });
}

test('fault 36: durability is not left to defaults: WAL with a sync at every commit', () => {
  const database = openForWriting(prepareStateFile(stateDirectory()));
  onTestFinished(() => void database.close());
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
});

test('fault 35: a newer schema is refused with both versions, by writers and readers, and left untouched', async () => {
  const { directory, path } = await closedState();
  edit(path, 'PRAGMA user_version = 7');
  const before = readFileSync(path);
  const refused = storeError('newer-schema', directory, /version 7.* up to 1;/);
  await expect(openSqliteStore({ directory })).rejects.toEqual(refused);
  await expect(openSqliteStore({ directory, readOnly: true })).rejects.toEqual(refused);
  expect(readFileSync(path)).toEqual(before);
});

test('a store that is open stops writing when a newer program upgrades the file', async () => {
  const { directory, path } = await closedState();
  await using store = await openSqliteStore({ directory });
  edit(path, 'PRAGMA user_version = 7');
  const refused = storeError('newer-schema', directory);
  await expect(store.append(step('m1', 41, [noted('x')]))).rejects.toEqual(refused);
});

test('a file that is no database is refused and left untouched', async () => {
  const { directory, path } = await closedState();
  writeFileSync(path, 'this is a text file, not a journal\n'.repeat(100));
  const before = readFileSync(path);
  await expect(openSqliteStore({ directory })).rejects.toEqual(storeError('corrupt', directory));
  expect(readFileSync(path)).toEqual(before);
});

test('fault 32: a truncated file is detected', async () => {
  const { directory, path } = await closedState();
  truncateSync(path, statSync(path).size - 4096);
  await expect(openSqliteStore({ directory })).rejects.toEqual(storeError('corrupt', directory));
});

test('fault 32: a flipped bit in the structure is detected when the file is opened', async () => {
  const { directory, path } = await closedState();
  const content = readFileSync(path);
  const page = 4096 * 20;
  content.writeUInt8(content.readUInt8(page) ^ 0x04, page);
  writeFileSync(path, content);
  await expect(openSqliteStore({ directory })).rejects.toEqual(storeError('corrupt', directory));
});

test('fault 32: a flipped bit in the text of an event is detected when it is read, with its sequence', async () => {
  const { directory, path } = await closedState();
  const content = readFileSync(path);
  const at = content.indexOf('"because":"16 xxx');
  expect(at).toBeGreaterThan(0);
  content.writeUInt8(content.readUInt8(at + 14) ^ 0x01, at + 14);
  writeFileSync(path, content);
  await using store = await openSqliteStore({ directory });
  await expect(store.read('m1', 0)).rejects.toEqual(storeError('corrupt', directory, /sequence 18:/));
  expect(await store.read('m1', 30)).toHaveLength(11);
});

test.each([
  ['an edited event', "UPDATE events SET body = replace(body, '4 x', '5 x') WHERE sequence = 6", 6],
  ['an edited hash', `UPDATE events SET hash = '${'a'.repeat(64)}' WHERE sequence = 6`, 6],
  ['text that is not JSON', "UPDATE events SET body = 'oops' WHERE sequence = 6", 6],
  ['a missing event', 'DELETE FROM events WHERE sequence = 6', 6],
  ['a missing first event', 'DELETE FROM events WHERE sequence = 1', 1],
])('%s breaks the chain', async (_, sql, sequence) => {
  const { directory, path } = await closedState();
  edit(path, sql);
  await using store = await openSqliteStore({ directory });
  const broken = storeError('corrupt', directory, new RegExp(`of m1 in .* at sequence ${sequence}:`));
  await expect(store.read('m1', 0)).rejects.toEqual(broken);
});

test('reading on after an entry that is gone is an error, not a shorter journal', async () => {
  const { directory, path } = await closedState();
  edit(path, 'DELETE FROM events WHERE sequence = 6');
  await using store = await openSqliteStore({ directory });
  const broken = storeError('corrupt', directory, /sequence 6: this entry is missing/);
  await expect(store.read('m1', 6)).rejects.toEqual(broken);
});

test('hosts that are not JSON are damage, not a crash', async () => {
  const { directory, path } = await closedState();
  edit(path, "UPDATE migrations SET hosts = '['");
  await using store = await openSqliteStore({ directory });
  await expect(store.list()).rejects.toEqual(storeError('corrupt', directory, /migration m1/));
});

test('fault 28: a full disk stores nothing of a step, and the store works again when there is space', async () => {
  const file = prepareStateFile(stateDirectory());
  const database = openForWriting(file);
  await using store = new SqliteStore(database, file);
  await store.create(migration('m1'), planned(migration('m1')), start);
  const pages = Number(database.pragma('page_count', { simple: true }));
  database.pragma(`max_page_count = ${pages + 3}`);
  // The first event fits and the others do not.
  const tooMuch = Array.from({ length: 20 }, (_, index) => noted(`${index} ${long}`));
  const full = storeError('disk', file.directory, /full/);
  await expect(store.append(step('m1', 1, tooMuch, { live: false }))).rejects.toEqual(full);
  expect(await store.read('m1', 1)).toEqual([]);
  expect(await store.list()).toEqual([migration('m1')]);

  database.pragma('max_page_count = 1000000');
  expect(await store.append(step('m1', 1, tooMuch))).toMatchObject({ ok: true });
  expect(await store.read('m1', 1)).toHaveLength(20);
});

test('fault 34: a directory that is deleted while it is in use is noticed at the next call, and not made again', async () => {
  const { directory } = await closedState();
  await using store = await openSqliteStore({ directory });
  rmSync(directory, { recursive: true });
  const gone = storeError('missing', directory, /was removed while it was open/);
  await expect(store.append(step('m1', 41, [noted('x')]))).rejects.toEqual(gone);
  await expect(store.read('m1', 0)).rejects.toEqual(gone);
  expect(existsSync(directory)).toBe(false);
});

test('a directory that is replaced by a copy while it is in use is noticed', async () => {
  const { directory } = await closedState();
  cpSync(directory, `${directory}-copy`, { recursive: true });
  await using store = await openSqliteStore({ directory });
  renameSync(directory, `${directory}-old`);
  renameSync(`${directory}-copy`, directory);
  const replaced = storeError('missing', directory, /was replaced while it was open/);
  await expect(store.append(step('m1', 41, [noted('x')]))).rejects.toEqual(replaced);
});

/** A closed state whose third entry is a reading that nothing followed. */
async function stateWithReadings(): Promise<{ directory: string; path: string }> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  const reading = { type: 'observed', at: start, observation: {} } as unknown as Event;
  await store.append(step('m1', 1, [noted('a'), reading, reading, noted('b')]));
  return { directory, path: join(directory, 'shift.db') };
}

test.each([
  [
    'a turn that was changed',
    'UPDATE events SET body = replace(body, \'"a"\', \'"z"\') WHERE sequence = 2',
    2,
  ],
  ['a turn whose place in the chain was changed', "UPDATE events SET hash = 'x' WHERE sequence = 4", 4],
  ['a reading that is missing', 'DELETE FROM events WHERE sequence = 3', 3],
])('%s is found by whoever reads turns alone', async (_, sql, sequence) => {
  const { directory, path } = await stateWithReadings();
  edit(path, sql);
  await using store = await openSqliteStore({ directory });
  await expect(store.read('m1', 0, 'turns')).rejects.toEqual(
    storeError('corrupt', directory, new RegExp(`broken at sequence ${sequence}:`)),
  );
});

test('a reading that nothing followed is not read among the turns, whatever stands in it', async () => {
  const { directory, path } = await stateWithReadings();
  edit(path, "UPDATE events SET body = 'nonsense' WHERE sequence = 3");
  await using store = await openSqliteStore({ directory });
  expect((await store.read('m1', 0, 'turns')).map(({ sequence }) => sequence)).toEqual([1, 2, 4, 5]);
  await expect(store.read('m1', 0)).rejects.toEqual(storeError('corrupt', directory));
});
