import { describe, expect, test } from 'vitest';
import { ProgressBar } from '../../../src/cli/render/progress-bar.js';
import { simulationLines, type SimulationReport } from '../../../src/cli/render/simulation-view.js';
import { degradations } from '../../../src/core/simulation/degradation.js';
import type { HistoryRun } from '../../../src/core/simulation/history-run.js';
import { summarize } from '../../../src/core/simulation/summary.js';
import { displayWidth } from '../../../src/cli/render/width.js';

/** Of ten runs with the degradation number `index`, that many are rolled back. */
function report(change: Partial<SimulationReport> = {}): SimulationReport {
  const run = (isBack: boolean, index: number): HistoryRun => ({
    end: isBack ? 'rolled-back' : 'completed',
    share: isBack ? 10 : 100,
    tookMs: (10 - index) * 600_000,
    harmed: index * 25,
    lateMs: [],
    requests: 1e6,
  });
  const rows = degradations.map((degradation, index) =>
    summarize(
      degradation,
      Array.from({ length: 10 }, (_, at) => run(at < index, index)),
    ),
  );
  return {
    past: 'www.shop.test',
    policy: 'standard',
    seed: '1',
    buckets: 1440,
    known: 1433,
    bucketMs: 60_000,
    requestsPerMinute: 611.4,
    errorRate: 0.00083,
    isCut: true,
    rows,
    ...change,
  };
}

describe('what a simulation shows', () => {
  test('the rate of false rollbacks and what is found', () => {
    expect(`\n${simulationLines(report()).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      past       www.shop.test: 1d, 1,433 of 1,440 buckets known
                 611 requests a minute, 0.083 % of which fail
      policy     standard, seed 1

      TARGET            ROLLED BACK  ASKED  COMPLETED  AFTER  HARMED
      healthy           0 %          0 %    100 %      -      -
      +0.5 points       10 %         0 %    90 %       1h30m  25
      +1 points         20 %         0 %    80 %       1h20m  50
      +2 points         30 %         0 %    70 %       1h10m  75
      +5 points         40 %         0 %    60 %       1h     100
      2 x the failures  50 %         0 %    50 %       50m    125
      5 x the failures  60 %         0 %    40 %       40m    150
      broken            70 %         0 %    30 %       30m    175

      false      0 of 10 healthy migrations were rolled back: a rate from 0 % to 28 %
                 (95 %)
      how        Each run deals the past's requests out to two sides at random, begins
                 anywhere in it, and lets the gate decide at every tick. What is
                 planted is there from the first request on; probes do not see it.
                 AFTER: the median time to a rollback. HARMED: failures of what was
                 planted, per run.
                 Stages are followed for the first hours of their dwell only.
      "
    `);
  });

  test('a name from outside cannot command the terminal, and no line is wider than one', () => {
    const hostile = `evil\u001b[2J\u202e${'x'.repeat(300)}`;
    const lines = simulationLines(report({ past: hostile, seed: hostile }));
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const wide = lines.filter((line) => displayWidth(line) > 80);
    // A name that is one long word stays whole.
    expect(wide.filter((line) => !/^\w*\s+\S*x{50}\S*$/.test(line))).toEqual([]);
  });
});

describe('the progress bar', () => {
  function drawn(isTTY: boolean): string[] {
    const written: string[] = [];
    const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    {
      using progress = new ProgressBar(stream);
      for (const part of [0, 0.251, 0.2512, 1]) progress.draw(part, 'healthy');
    }
    return written;
  }

  test('redraws one line when it changes, and leaves nothing behind', () => {
    const written = drawn(true);
    expect(written).toHaveLength(4);
    expect(written[1]).toMatch(/^\r\u001b\[2K█+░+ +25% {2}healthy$/);
    expect(written.every((text) => !text.includes('\n'))).toBe(true);
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  test('is silent where there is no terminal', () => {
    expect(drawn(false)).toEqual([]);
  });
});
