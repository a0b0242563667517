import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processSurroundings } from '../../src/cli/surroundings.js';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-surroundings-'));
});

afterEach(() => rm(directory, { recursive: true }));

test('a file of secrets is read whole, and whether others may read it is told', async () => {
  const { secretFile } = processSurroundings();
  const path = join(directory, '.netrc');
  expect(secretFile?.(path)).toBeNull();
  await writeFile(path, 'machine a', { mode: 0o600 });
  expect(secretFile?.(path)).toEqual({ text: 'machine a', isPrivate: true });
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    await chmod(path, mode);
    expect(secretFile?.(path)?.isPrivate).toBe(false);
  }
});

test('a directory and a named pipe are no such file, and nobody waits for them', () => {
  const { secretFile } = processSurroundings();
  expect(secretFile?.(directory)).toBeNull();
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  expect(secretFile?.(join(directory, 'pipe'))).toBeNull();
});
