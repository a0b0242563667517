import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCode } from '../../src/cli/exit-code.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { instantPolicy } from '../scenarios/policies.js';
import { typed, type Said } from './screen.js';

let lab: Lab;
let directory = '';
let file = '';
let env: Record<string, string> = {};

beforeAll(async () => {
  lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1 });
  for (const { origin } of [lab.source, lab.target]) await origin.change({ baseErrorFraction: 0 });
  directory = await mkdtemp(join(tmpdir(), 'shift-interrupted-'));
  file = join(directory, 'migration.yaml');
  const { host, source, target } = lab;
  await writeFile(join(directory, 'instant.yaml'), instantPolicy);
  const hosts = `hosts:\n  ${host}: { from: "${source.endpoint}", to: "${target.endpoint}" }\n`;
  await writeFile(file, `policy: ./instant.yaml\n${hosts}`);
  env = { ...lab.environment(), HOME: directory, SHIFT_STATE_DIR: join(directory, 'state') };
});

afterAll(async () => {
  await lab.close();
  await rm(directory, { recursive: true });
});

/** Runs the line until somebody closes the pipe at this text, as `head` does. A busy machine may fail a probe; then once more. */
async function closedAt(text: string, ...args: string[]): Promise<Said> {
  const onOut = (line: string, stop: AbortController): void => {
    if (line.includes(text)) stop.abort(new Error('EPIPE'));
  };
  let said = await typed(args, { env, onOut });
  for (let tries = 0; said.err.includes('probes of the') && tries < 2; tries += 1)
    said = await typed(args, { env, onOut });
  return said;
}

const interrupted = 'shiftctl: interrupted; nothing is lost, run the same verb again or: shiftctl tick\n';

describe('a pipe that is closed early', () => {
  test.each([
    ['while the plan is shown', 'policy', ''],
    [
      'before the proof',
      'permissions',
      'shiftctl: compare-and-swap: the program was told to stop before this was proved\n',
    ],
    ['once everything is proved', 'compare-and-swap', ''],
  ])('interrupts a start and begins nothing: %s', async (_name, text, told) => {
    expect(await closedAt(text, 'start', '-f', file, '--yes')).toMatchObject({
      code: exitCode.interrupted,
      err: `${told}${interrupted}`,
    });
    const listed = await typed(['list', '-o', 'json'], { env });
    expect(JSON.parse(listed.out)).toMatchObject({ migrations: [] });
  });
});
