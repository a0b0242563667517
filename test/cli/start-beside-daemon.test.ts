import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDaemon } from '../../src/store/sqlite/daemon-lock.js';
import { startLabAndFile, type LabAndFile } from './lab-and-file.js';
import { typed, type Said } from './screen.js';

/** Starts for good. A busy machine may fail a probe of the preflight; then once more. */
async function started({ file, env }: LabAndFile): Promise<Said> {
  const args = ['start', '-f', file, '--yes'];
  let said = await typed(args, { env });
  for (let tries = 0; said.err.includes('probes of the') && tries < 2; tries += 1)
    said = await typed(args, { env });
  return said;
}

test('start names the daemon that runs here', async () => {
  await using world = await startLabAndFile('shift-beside-');
  const state = join(world.directory, 'state');
  await mkdir(state, { mode: 0o700 });
  using lock = lockDaemon(state);
  expect(lock.path).toBe(join(state, 'daemon.lock'));
  expect(await started(world)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Started \S+\. The daemon that runs here goes on with it\.$/m) as unknown,
  });
});

test('start asks for a daemon or for ticks where no daemon runs', async () => {
  await using world = await startLabAndFile('shift-beside-');
  const { code, out } = await started(world);
  expect(code).toBe(0);
  expect(out.replace(/\s+/g, ' ')).toMatch(
    /Started \S+\. It advances with every tick: run shiftctl daemon, or/,
  );
});
