import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.js';
import { simulate, type SimulateOptions } from '../../src/cli/commands/simulate.js';
import type { SimulationReport } from '../../src/cli/render/simulation-view.js';
import type { TrafficReport } from '../../src/cli/render/traffic-forecast-view.js';
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

interface Forecasts {
  readonly forecasts: readonly TrafficReport[];
}

/** Runs the verb on traffic that is given. */
function onTraffic(change: Partial<SimulateOptions> = {}): Promise<string> {
  // Whatever file there is, it is not asked for.
  return run('', { history: undefined as never, rps: '20', policy: 'fast', ...change });
}

describe('simulate on given traffic', () => {
  test('tells duration, false rollbacks, harm and draining, as JSON and as text', async () => {
    const { forecasts } = JSON.parse(await onTraffic({ degradation: 'broken' })) as Forecasts;
    const [report] = forecasts;
    expect(report).toMatchObject({ policy: 'fast', isAssumed: true, healthy: { runs: 5, completed: 5 } });
    expect(report?.perSecond).toBeCloseTo(20, 0);
    expect(report?.bad).toEqual([expect.objectContaining({ rolledBack: 5, completed: 0 })]);
    const [broken] = report?.bad ?? [];
    const drain = report?.drain;
    const drainMs = (drain?.propagationMs ?? 0) + (drain?.ttlMs ?? 0) + (drain?.tailMs ?? 0);
    expect((broken?.clean?.medianMs ?? 0) - (broken?.found?.medianMs ?? 0)).toBe(drainMs);
    expect(broken?.meanFailed).toBeGreaterThan(broken?.meanHarmed ?? Infinity);
    expect(report?.duration?.ninetyMs).toBeGreaterThanOrEqual(report?.duration?.medianMs ?? Infinity);
    const text = await onTraffic({ degradation: 'broken', output: 'text' });
    expect(text).toMatch(/^broken +100 % /m);
    expect(text).toContain('0 of 5 rolled back');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('what a slow leak costs is more than what a broken target does, and less is found', async () => {
    const { forecasts } = JSON.parse(await onTraffic({ errorRate: '1%', degradation: '+0.5%' })) as Forecasts;
    expect(forecasts[0]?.bad[0]?.rolledBack).toBeLessThan(5);
    expect(forecasts[0]?.errorRate).toBeCloseTo(0.01, 2);
  });

  test.each([
    [{ rps: '0' }, '--rps'],
    [{ rps: 'many' }, '--rps'],
    [{ errorRate: '200%' }, '--error-rate'],
    [{ degradation: 'awful' }, '--degradation'],
    [{ degradation: 'x0.5' }, '--degradation'],
  ] satisfies [Partial<SimulateOptions>, string][])('%j is refused', async (change, because) => {
    const failure = await failureOf(onTraffic(change));
    expect(failure).toContain('"reason":"invalid-input"');
    expect(failure).toContain(because);
  });
});

describe('simulate --journal', () => {
  test('needs a policy to compare with, and a journal', async () => {
    expect(await failureOf(run('', { journal: true, policy: undefined as never }))).toContain('--policy');
    expect(await failureOf(run('', { journal: 'www.example.com' }))).toContain('there is no journal in');
  });
});
