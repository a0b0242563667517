import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { lockDaemon } from '../../src/store/sqlite/daemon-lock.js';
import { instantPolicy } from '../scenarios/policies.js';
import { typed, type Said } from './screen.js';

let lab: Lab;
let directory = '';

beforeEach(async () => {
  lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1 });
  for (const { origin } of [lab.source, lab.target]) await origin.change({ baseErrorFraction: 0 });
  directory = await mkdtemp(join(tmpdir(), 'shift-beside-'));
  await mkdir(join(directory, 'state'), { mode: 0o700 });
});

afterEach(async () => {
  await lab.close();
  await rm(directory, { recursive: true });
});

/** Starts for good. A busy machine may fail a probe of the preflight; then once more. */
async function started(): Promise<Said> {
  const file = join(directory, 'instant.yaml');
  await writeFile(file, instantPolicy);
  const env = { ...lab.environment(), HOME: directory, SHIFT_STATE_DIR: join(directory, 'state') };
  const { host, source, target } = lab;
  const sides = ['--from', source.endpoint, '--to', target.endpoint];
  const args = ['start', host, ...sides, '--policy', file, '--yes'];
  let said = await typed(args, { env });
  for (let tries = 0; said.err.includes('probes of the') && tries < 2; tries += 1)
    said = await typed(args, { env });
  return said;
}

test('start names the daemon that runs here', async () => {
  const lock = lockDaemon(join(directory, 'state'));
  expect(await started()).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Started \S+\. The daemon that runs here goes on with it\.$/m) as unknown,
  });
  lock[Symbol.dispose]();
});

test('start asks for a daemon or for ticks where no daemon runs', async () => {
  const { code, out } = await started();
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, ' ')).toMatch(
    /Started \S+\. It advances with every tick: run shiftctl daemon, or/,
  );
});
