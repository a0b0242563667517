import { expect, test } from 'vitest';
import { quietBaselineChecks } from '../../../src/engine/preflight/quiet-baseline-check.js';
import { measured, MemoryMetrics, type Traffic } from '../memory-metrics.js';
import { policyOf, policyText, World } from '../world.js';

async function checks(traffic: Traffic): Promise<readonly string[]> {
  const world = new World();
  new MemoryMetrics(world, traffic);
  const policy = policyOf(policyText.replace('evidence: probes, ', ''));
  const plan = measured({ ...(await world.plan()), policy });
  const ports = { metrics: world.engine.metrics, clock: world.engine.clock };
  const found = await quietBaselineChecks(ports, plan, new AbortController().signal);
  return found.map(({ verdict, fact }) => `${verdict}: ${fact}`);
}

test('a source that is counted and a target that is quiet would let the first stage begin', async () => {
  const found = await checks((side) => ({ n: side === 'source' ? 200 : 0, e: 0 }));
  expect(found).toEqual(['ok: www.example.com: the source is counted and the target is quiet']);
});

test('a target that counts requests before any traffic has moved is a warning', async () => {
  const found = await checks(() => ({ n: 200, e: 0 }));
  expect(found).toEqual([
    expect.stringMatching(/^warning: www\.example\.com: the target gets no share yet, but its metrics count/),
  ]);
});

test('a source of which no bucket is known is a warning, never ok', async () => {
  const found = await checks(() => null);
  expect(found).toEqual([expect.stringMatching(/^warning: .*the source's metrics tell nothing yet/)]);
});
