import { describe, expect, test } from 'vitest';
import { runEvidence } from './evidence-run.js';

describe.concurrent('too little is known: it holds, then asks, and never promotes', () => {
  test('low-traffic: the numbers that are missing are named', async () => {
    const run = await runEvidence('low-traffic');
    expect(run.code, run.stderr).toBe(5);
    expect(run.because).toMatch(/clean requests at the target|the newest request in the target's metrics/);
    expect(run.why).toMatch(/^ask at 25%: /m);
    expect(run.why).toContain('to promote: needs 20 : 1 that the target fails at most ');
    expect(run.findings).toEqual([]);
  });

  test('metrics-missing: both sides dark', async () => {
    const run = await runEvidence('metrics-missing');
    expect(run.code, run.stderr).toBe(5);
    expect(run.because).toContain('all metrics dark');
    expect(run.held).toContain('data-age');
    expect(run.findings).toEqual([]);
  });

  test('night: traffic falls to nothing', async () => {
    const run = await runEvidence('night');
    expect(run.code, run.stderr).toBe(5);
    expect(run.because).toMatch(
      /the newest request in the target's metrics is|no request in the target's metrics/,
    );
    expect(run.findings).toEqual([]);
  });
});
