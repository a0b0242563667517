import { expect, test } from 'vitest';
import type { Check } from '../../../src/engine/check.js';
import { firstObjection } from '../../../src/cli/clear-checks.js';
import { preflight } from '../../../src/engine/preflight/preflight.js';
import type { Dns } from '../../../src/engine/ports.js';
import { PreflightWorld, probing } from './preflight-world.js';

/** Loses every packet to one server for the first so many samples. */
function losing(dns: Dns, server: string, samples: number): Dns {
  let left = samples;
  return {
    addresses: (name, signal) => dns.addresses(name, signal),
    sample: async (question, signal) => {
      const readings = await dns.sample(question, signal);
      if (left === 0 || !question.nameServers.includes(server)) return readings;
      left -= 1;
      return readings.map((reading) =>
        reading.server === server
          ? { ...reading, answers: {}, failed: question.count, marker: null }
          : reading,
      );
    },
  };
}

async function check(
  lostSamples: number,
  result: Parameters<typeof probing>[0] = 'ok',
): Promise<readonly Check[]> {
  const lossy = (dns: Dns): Dns => losing(dns, 'ns-2.lab', lostSamples);
  const { ports, ...seen } = new PreflightWorld(undefined, lossy, probing(result));
  const checks = await preflight(ports, await seen.world.plan(), AbortSignal.timeout(5_000));
  // There is no Heroku here.
  return checks.filter(({ name }) => name !== 'heroku');
}

test('a name server that misses one question is asked again and does not refuse a start', async () => {
  expect(firstObjection(await check(1))).toBeNull();
});

test('a name server that stays silent refuses a start and is named', async () => {
  const checks = await check(2);
  expect(firstObjection(checks)).not.toBeNull();
  expect(checks.find((found) => found.verdict === 'refused')?.fact).toContain('ns-2.lab');
});

test('a side that fails its probes refuses a start', async () => {
  const refused = (await check(0, 'failed')).filter((found) => found.verdict === 'refused');
  expect(refused.map((found) => found.name)).toEqual(['source', 'target']);
});

test('a machine that is too busy to see the answers begins nothing, and calls no side dead', async () => {
  const checks = await check(0, 'busy');
  const sides = checks.filter(({ name }) => name === 'source' || name === 'target');
  expect(sides.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
  for (const { fact } of sides) expect(fact).toContain('this machine was too busy to tell');
  expect(checks.filter(({ verdict }) => verdict === 'refused')).toEqual([]);
  expect(firstObjection(checks)).not.toBeNull();
});
