import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCode } from '../../src/cli/exit-code.js';
import { startLabAndFile, type LabAndFile } from './lab-and-file.js';
import { typed, type Said } from './screen.js';

let place: LabAndFile;
beforeAll(async () => {
  place = await startLabAndFile('shift-interrupted-');
});
afterAll(() => place[Symbol.asyncDispose]());

/** Runs the line until somebody closes the pipe at this text, as `head` does. A busy machine may fail a probe; then once more. */
async function closedAt(text: string, ...args: string[]): Promise<Said> {
  const onOut = (line: string, stop: AbortController): void => {
    if (line.includes(text)) stop.abort(new Error('EPIPE'));
  };
  let said = await typed(args, { env: place.env, onOut });
  for (let tries = 0; said.err.includes('probes of the') && tries < 2; tries += 1)
    said = await typed(args, { env: place.env, onOut });
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
    expect(await closedAt(text, 'start', '-f', place.file, '--yes')).toMatchObject({
      code: exitCode.interrupted,
      err: `${told}${interrupted}`,
    });
    const listed = await typed(['list', '-o', 'json'], { env: place.env });
    expect(JSON.parse(listed.out)).toMatchObject({ migrations: [] });
  });
});
