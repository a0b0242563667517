import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import {
  abandoned,
  accepted,
  intentOpened,
  migration,
  planned,
  rollbackRequested,
  start,
  step,
} from '../samples.js';
import { stateDirectory } from './state-directory.js';

/** What the table says after these events, which have the sequences 2, 3 and so on. */
async function intentsAfter(...events: Event[]): Promise<unknown[]> {
  const directory = stateDirectory();
  await using store = await openSqliteStore({ directory });
  await store.create(migration('m1'), planned(migration('m1')), start);
  expect(await store.append(step('m1', 1, events))).toMatchObject({ ok: true });
  const database = new Database(join(directory, 'shift.db'), { readonly: true });
  try {
    return database
      .prepare('SELECT id, kind, opened_sequence, closed_sequence FROM intents ORDER BY opened_sequence')
      .raw()
      .all();
  } finally {
    database.close();
  }
}

test('an intent stays open until something closes it', async () => {
  expect(await intentsAfter(intentOpened('i1', 'take-over'))).toEqual([['i1', 'take-over', 2, null]]);
});

test('a receipt or its abandonment closes an intent, and no other', async () => {
  const events = [
    intentOpened('i1'),
    accepted('i1'),
    intentOpened('i2'),
    abandoned('i2'),
    accepted('i2'),
    accepted('elsewhere'),
    intentOpened('i3'),
  ];
  expect(await intentsAfter(...events)).toEqual([
    ['i1', 'stage', 2, 3],
    ['i2', 'stage', 4, 5],
    ['i3', 'stage', 8, null],
  ]);
});

test('a requested rollback supersedes the open forward intent, never an open rollback', async () => {
  const events = [
    intentOpened('i1'),
    rollbackRequested(),
    intentOpened('i2', 'rollback'),
    rollbackRequested(),
  ];
  expect(await intentsAfter(...events)).toEqual([
    ['i1', 'stage', 2, 3],
    ['i2', 'rollback', 4, null],
  ]);
});
