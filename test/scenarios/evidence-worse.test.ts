import { describe, expect, test } from 'vitest';
import { runEvidence } from './evidence-run.js';

describe.concurrent('a target that users fare worse at is rolled back', () => {
  test('target-degrades: two percentage points more failures', async () => {
    const run = await runEvidence('target-degrades');
    expect(run.code, run.stderr).toBe(4);
    expect(run.because).toMatch(/evidence .* : 1 that the target is worse .*; since .* target \d+ \/ \d+ = /);
    expect(run.findings).toEqual([]);
  });

  test('slow-target: three times as slow, and no failure', async () => {
    const run = await runEvidence('slow-target');
    expect(run.code, run.stderr).toBe(4);
    expect(run.because).toMatch(/evidence .* that the target is worse .*most of it from slow/);
    expect(run.findings).toEqual([]);
  });

  test('target-dark: its metrics are gone while requests are due there', async () => {
    const run = await runEvidence('target-dark');
    expect(run.code, run.stderr).toBe(4);
    expect(run.because).toContain('target dark: no request in its metrics');
    expect(run.findings).toEqual([]);
  });
});
