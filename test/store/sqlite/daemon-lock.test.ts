import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isDaemonRunning, lockDaemon } from '../../../src/store/sqlite/daemon-lock.js';
import { StoreError } from '../../../src/store/store-error.js';

let directory: string;

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'shift-lock-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function refusal(): StoreError {
  try {
    lockDaemon(directory);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('fault 38: a second daemon is refused by name of the first, until that one has ended', () => {
  const lock = lockDaemon(directory);
  expect(refusal()).toMatchObject({ reason: 'taken', path: join(directory, 'daemon.lock') });
  expect(refusal().message).toContain(`process ${process.pid} on `);
  lock[Symbol.dispose]();
  lockDaemon(directory)[Symbol.dispose]();
});

test('whether a daemon runs here is seen by its lock, and looking leaves nothing behind', () => {
  expect(isDaemonRunning(directory)).toBe(false);
  expect(isDaemonRunning(join(directory, 'missing'))).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  const lock = lockDaemon(directory);
  expect(isDaemonRunning(directory)).toBe(true);
  expect(refusal().reason).toBe('taken');
  lock[Symbol.dispose]();
  expect(isDaemonRunning(directory)).toBe(false);
});

test('what a killed daemon wrote about itself is no daemon, and a look keeps none from starting', () => {
  lockDaemon(directory)[Symbol.dispose]();
  writeFileSync(join(directory, 'daemon.json'), JSON.stringify({ pid: process.pid, machine: 'here' }));
  expect(isDaemonRunning(directory)).toBe(false);
  lockDaemon(directory)[Symbol.dispose]();
});

test('nobody else may read what it leaves', () => {
  using lock = lockDaemon(directory);
  expect(statSync(lock.path).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'daemon.json')).mode & 0o777).toBe(0o600);
});

test('a daemon that was killed leaves no lock behind', async () => {
  // The same lock as another process takes it: the operating system's own, on the file.
  const script = `
    const Database = require(${JSON.stringify(createRequire(import.meta.url).resolve('better-sqlite3'))});
    const database = new Database(${JSON.stringify(join(directory, 'daemon.lock'))});
    database.exec('BEGIN IMMEDIATE');
    process.stdout.write('held');
    setInterval(() => database, 1000);`;
  const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  expect(refusal().reason).toBe('taken');
  other.kill('SIGKILL');
  await once(other, 'exit');
  lockDaemon(directory)[Symbol.dispose]();
});
