import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.js';
import { simulate, type SimulateOptions } from '../../src/cli/commands/simulate.js';
import type { SimulationReport } from '../../src/cli/render/simulation-view.js';
import { readConfig } from '../../src/config.js';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-simulate-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Runs the verb on a file with this text; what it prints. */
async function run(
  text: string,
  change: Partial<SimulateOptions> = {},
  signal?: AbortSignal,
): Promise<string> {
  const path = join(directory, 'past.csv');
  await writeFile(path, text);
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => false };
  const config = readConfig({}, {}, surroundings);
  if (!config.ok) throw new Error('the configuration is wrong');
  let printed = '';
  const terminal = {
    out: (line: string) => void (printed += `${line}\n`),
    err: () => undefined,
    isInteractive: false,
    canAsk: false,
    hasColor: false,
    columns: () => 80,
    rows: () => 24,
  };
  const context = { config: config.value, terminal, signal: signal ?? new AbortController().signal };
  const options = {
    history: path,
    policy: 'fast',
    last: '24h',
    runs: '5',
    seed: '1',
    output: 'json',
  } as const;
  expect(await simulate(context, undefined, { ...options, ...change })).toBe(0);
  return printed;
}

const quiet = `requests,errors\n${Array.from({ length: 300 }, (_, b) => `600,${b % 2}`).join('\n')}`;

async function failureOf(running: Promise<unknown>): Promise<string> {
  const error: unknown = await running.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof CommandFailure ? JSON.stringify(error.failure) : String(error);
}

describe('simulate --history <file>', () => {
  test('tells the rate of false rollbacks and what would be found, as JSON and as text', async () => {
    const { version, simulations } = JSON.parse(await run(quiet)) as {
      version: number;
      simulations: SimulationReport[];
    };
    expect(version).toBe(1);
    const [report] = simulations;
    expect(report).toMatchObject({ policy: 'fast', buckets: 300, known: 300, requestsPerMinute: 600 });
    expect(report?.rows.map(({ runs }) => runs)).toEqual(Array.from({ length: 8 }, () => 5));
    expect(report?.rows.at(-1)).toMatchObject({ degradation: { kind: 'broken' }, rolledBack: 5 });
    const text = await run(quiet, { output: 'text' });
    expect(text).toMatch(/^healthy +0 % +0 % +100 % /m);
    expect(text).toContain('0 of 5 healthy migrations were rolled back');
  });

  test('the same seed prints the same', async () => {
    const once = await run(quiet);
    expect(await run(quiet)).toBe(once);
    expect(await run(quiet, { seed: '2' })).not.toBe(once);
  });

  test('too little past is refused with what would do', async () => {
    const failure = await failureOf(run('requests,errors\n600,1\n600,0'));
    expect(failure).toContain('"reason":"refused"');
    expect(failure).toContain('only 2 buckets with requests are known');
    expect(failure).toContain('--history past.csv');
  });

  test.each([
    [{ runs: '0' }, '--runs'],
    [{ runs: '1e9' }, '--runs'],
    [{ runs: 'many' }, '--runs'],
    [{ history: '/nowhere/past.csv' }, 'cannot be read'],
    [{ policy: 'unknown-policy' }, '--policy'],
    [{ history: true, last: 'yesterday' }, '--last'],
  ] satisfies [Partial<SimulateOptions>, string][])('%j is refused', async (change, because) => {
    const failure = await failureOf(run(quiet, change));
    expect(failure).toContain('"reason":"invalid-input"');
    expect(failure).toContain(because);
  });

  test('stops between two runs when it is interrupted', async () => {
    const stop = new AbortController();
    stop.abort(new Error('interrupted'));
    expect(await failureOf(run(quiet, { runs: '5000' }, stop.signal))).toContain('interrupted');
  });
});
