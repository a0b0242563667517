import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt, mainPath } from './build.js';

const dist = dirname(mainPath);
const run = promisify(execFile);

beforeAll(() => ensureBuilt());

test('the bundle holds ASCII alone, because it is read as Latin-1', () => {
  const bytes = readFileSync(join(dist, 'bundle.cjs'));
  expect(bytes.findIndex((byte) => byte > 127)).toBe(-1);
});

test('V8 takes the code that was compiled for the bundle when it was built', () => {
  const cachedData = readFileSync(join(dist, 'bundle.cache'));
  const script = new Script(readFileSync(join(dist, 'bundle.cjs'), 'latin1'), { cachedData });
  expect(script.cachedDataRejected).toBe(false);
});

test('the bundle and the modules it was made of say the same', async () => {
  const said = async (path: string, args: readonly string[]): Promise<string> =>
    (await run(process.execPath, [path, ...args])).stdout;
  for (const args of [['--version'], ['--help'], ['policy', 'validate', 'standard']]) {
    const bundled = await said(mainPath, args);
    expect(bundled).not.toBe('');
    expect(await said(join(dist, 'main.js'), args)).toBe(bundled);
  }
});
