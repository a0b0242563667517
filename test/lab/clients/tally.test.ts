import { describe, expect, test } from 'vitest';
import { noAddress, Tally, type Outcome } from '../../../src/lab/clients/tally.js';

const ok = (address: string, latencyMs = 10): Outcome => ({ address, result: 'ok', latencyMs });
const sides = { source: ['127.1.0.1', '127.1.0.2'], target: ['127.1.0.3'] };

describe('share', () => {
  test('adds the addresses of each side and keeps the rest apart', () => {
    const tally = new Tally();
    tally.add(ok('127.1.0.1', 10), 5_000);
    tally.add(ok('127.1.0.2', 30), 5_999);
    tally.add({ address: '127.1.0.2', result: '503', latencyMs: 20 }, 6_000);
    tally.add({ address: '127.1.0.3', result: 'timeout', latencyMs: 3_000 }, 6_100);
    tally.add({ address: undefined, result: 'dns', latencyMs: 1 }, 6_200);
    expect(tally.share(5_000, sides)).toEqual({
      source: { requests: 3, ok: 2, failed: 1, errors: { 503: 1 }, meanLatencyMs: 20, maxLatencyMs: 30 },
      target: {
        requests: 1,
        ok: 0,
        failed: 1,
        errors: { timeout: 1 },
        meanLatencyMs: 3_000,
        maxLatencyMs: 3_000,
      },
      elsewhere: { requests: 1, ok: 0, failed: 1, errors: { dns: 1 }, meanLatencyMs: 1, maxLatencyMs: 1 },
      targetPercent: 25,
    });
    expect(tally.share(6_000, sides)).toMatchObject({ source: { requests: 1 }, targetPercent: 50 });
    expect(tally.share(7_000, sides)).toMatchObject({ source: { requests: 0 }, targetPercent: undefined });
  });
});

describe('memory', () => {
  test('holds 180 seconds, while the total holds all', () => {
    const tally = new Tally();
    for (let second = 0; second < 1_000; second += 1) tally.add(ok('127.1.0.1'), second * 1_000 + 1);
    const seconds = tally.seconds(0);
    expect(seconds).toHaveLength(180);
    expect(seconds[0]?.startMs).toBe(820_000);
    expect(seconds.at(-1)?.byAddress.get('127.1.0.1')).toMatchObject({ requests: 1, ok: 1 });
    expect(tally.total()).toMatchObject({ requests: 1_000, ok: 1_000, failed: 0 });
  });

  test('holds 64 addresses a second, further ones together', () => {
    const tally = new Tally();
    for (let last = 0; last < 100; last += 1) tally.add(ok(`127.1.0.${last}`), 0);
    const [second] = tally.seconds(0);
    expect(second?.byAddress.size).toBe(65);
    expect(second?.byAddress.get(noAddress)?.requests).toBe(36);
  });
});
