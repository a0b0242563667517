import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { World } from '../engine/world.js';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function shiftctl(...words: string[]): Promise<Said> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => void (out += `${text}\n`),
    err: (text) => void (err += `${text}\n`),
    isInteractive: false,
    canAsk: false,
    hasColor: false,
    columns: () => 80,
    rows: () => 24,
  };
  const code = await run(words, new AbortController().signal, terminal);
  return { code, out, err };
}

/** A state directory with one planned migration, as a store that was closed leaves it. */
async function closedState(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'shift-open-state-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const plan = await new World().plan();
  const { id, createdAt, hosts } = plan;
  await using store = await openSqliteStore({ directory });
  const row = { id, hosts: hosts.map(({ host }) => host), live: true, createdAt };
  await store.create(row, { type: 'migration-planned', at: createdAt, plan }, createdAt);
  return directory;
}

test('fault 31: with a state that others may read no daemon and no tick begins, and both name the command', async () => {
  const directory = await closedState();
  const file = join(directory, 'shift.db');
  chmodSync(file, 0o644);
  for (const verb of [['daemon'], ['tick', '--all']]) {
    const { code, err } = await shiftctl('--state-dir', directory, ...verb);
    expect(code).toBe(3);
    expect(err).toContain(`what to do: chmod 600 ${file}`);
  }
  expect((statSync(file).mode & 0o777).toString(8)).toBe('644');
});

test('fault 31: status reads such a state all the same, and warns beside its answer', async () => {
  const directory = await closedState();
  const file = join(directory, 'shift.db');
  for (const [path, mode, fix] of [
    [file, 0o644, `chmod 600 ${file}`],
    [file, 0o666, `chmod 600 ${file}`],
    [directory, 0o777, `chmod 700 ${directory}`],
  ] as const) {
    const before = statSync(path).mode & 0o777;
    chmodSync(path, mode);
    const { code, out, err } = await shiftctl('--state-dir', directory, 'status', '-o', 'json');
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining(fix) as unknown });
    expect(JSON.parse(out)).toMatchObject({ phase: 'planned' });
    expect(statSync(path).mode & 0o777).toBe(mode);
    chmodSync(path, before);
  }
  // A reader of a file that all may read leaves files beside it that all may read.
  const { err } = await shiftctl('--state-dir', directory, 'status');
  expect(err).toContain('shift.db-shm (mode 644)');
  const [, command = ''] = /(chmod 600 .*)/.exec(err) ?? [];
  for (const path of command.split(' ').slice(2)) chmodSync(path, 0o600);
  expect((await shiftctl('--state-dir', directory, 'status')).err).toBe('');
});
