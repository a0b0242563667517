import { describe, expect, test } from 'vitest';
import { runEvidence } from './evidence-run.js';

describe.concurrent("what is not the target's doing holds and goes on", () => {
  test('shared-outage: both sides fail for a while', async () => {
    const run = await runEvidence('shared-outage');
    expect(run.code, `${String(run.because)}\n${run.stderr}`).toBe(0);
    expect(run.held).toContain('source-incident');
    expect(run.findings).toEqual([]);
  });

  test('metrics-late: everything is told, two seconds later than usual', async () => {
    const run = await runEvidence('metrics-late');
    expect(run.code, `${String(run.because)}\n${run.stderr}`).toBe(0);
    expect(run.findings).toEqual([]);
  });
});
