import { expect, test } from 'vitest';
import { chart, type Chart } from '../../../../src/cli/render/report/chart.js';
import { percentTop, timeLabel, timeTicks } from '../../../../src/cli/render/report/scale.js';

const from = Date.UTC(2026, 10, 20, 18, 0, 0);

function drawn(points: readonly (number | null)[], change: Partial<Chart> = {}, isStep = false): string {
  const line = { name: 'target', kind: 'target', isStep } as const;
  const placed = points.map((percent, index) => ({ at: from + index * 1_000, percent }));
  const to = from + (points.length - 1) * 1_000;
  const lines = [{ ...line, points: placed }];
  return chart({ title: 'a title', from, to, top: 100, lines, marks: [], ...change }).markup;
}

function pathOf(svg: string): string | undefined {
  return /<path class="line target" d="([^"]*)"/.exec(svg)?.[1];
}

test('a line goes from the lower left to the upper right', () => {
  expect(pathOf(drawn([0, 50, 100]))).toBe('M56 206h0L440 116L824 26');
});

test('a step keeps its value until the next one', () => {
  expect(pathOf(drawn([0, 100], {}, true))).toBe('M56 206h0H824V26');
});

test('where nothing is known the line is broken, and a lone point is a dot', () => {
  expect(pathOf(drawn([0, null, 50, null, 0]))).toBe('M56 206h0M440 116h0M824 206h0');
});

test('what lies outside stays at the edge', () => {
  expect(pathOf(drawn([-5, 400]))).toBe('M56 206h0L824 26');
});

test('a chart of one moment has no number that is none', () => {
  expect(drawn([50], { to: from })).not.toMatch(/NaN|Infinity/);
});

test('marks too close to each other keep their lines and give up their words', () => {
  const marks = [0, 10, 2_000].map((ms) => ({ at: from + ms, label: `at ${ms}` }));
  const svg = drawn([0, 0, 0], { marks });
  expect(svg.match(/<line class="mark"/g)).toHaveLength(3);
  expect(svg).toContain('at 0');
  expect(svg).not.toContain('at 10');
  expect(svg).toContain('at 2000');
});

test.each([
  [20_000, 8],
  [60_000, 8],
  [3_600_000, 8],
  [86_400_000, 8],
  [40 * 86_400_000, 8],
  [3 * 365 * 86_400_000, 16],
])('an axis of %s ms has round moments and not too many', (spanMs, most) => {
  const ticks = timeTicks(from + 137, from + 137 + spanMs);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.length).toBeLessThanOrEqual(most + 1);
  expect(ticks.every((at) => at % 1_000 === 0)).toBe(true);
});

test('moments are as exact as the axis is long', () => {
  expect(timeLabel(from, 60_000)).toBe('18:00:00');
  expect(timeLabel(from, 3_600_000)).toBe('18:00');
  expect(timeLabel(from, 7 * 86_400_000)).toBe('11-20 18:00');
});

test('the axis of rates fits the worst one', () => {
  expect([0, 0.0004, 0.003, 0.05, 0.3, 1, 7].map(percentTop)).toEqual([1, 0.1, 0.4, 10, 40, 100, 100]);
});
