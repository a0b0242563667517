import { expect, test } from 'vitest';
import { markdownReport } from '../../../../src/cli/render/report/markdown-report.js';
import { migrationReport } from '../../../../src/core/report/migration-report.js';
import { plus } from '../../../../src/core/time.js';
import { rolledBackByUsers } from '../../../core/report/journeys.js';
import { hostPlan, isObserving, Journey } from '../journey.js';

function markdownOf({ events, now }: Journey): string {
  return markdownReport(migrationReport(events, plus(now, 60_000)));
}

test('a rollback as a ticket shows it', () => {
  const text = markdownOf(rolledBackByUsers());
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# www.shop.test: rolled back',
    '## Stages',
    '## Rollback',
    '## Counted on both sides',
    '## The numbers behind each verdict',
    '### 10%, when it was left',
    '### 25%, when it was left',
    '## Events',
  ]);
  expect(text).toMatch(/^\| accepted \| \+0\.3s \| Route 53 took the change \|$/m);
  expect(text).toMatch(/^\| 25% \| 2026-11-20 18:42:22 \| \+4s \| .* \| rolled back: evidence over/m);
});

test('every row of a table has the cells of its head, whatever the words in it are', () => {
  const hostile = 'a | b\n\n# c `d` <b>e</b> [f](https://g) \u001b[2J';
  const journey = new Journey([hostPlan('www.shop.test', hostile)]).until(isObserving(25));
  journey.until(({ phase }) => phase.phase === 'rolled-back', {
    target: { result: 'failed', because: hostile },
  });
  const text = markdownOf(journey);
  expect(text).toContain('a \\| b \\# c \\`d\\` \\<b\\>e\\</b\\> \\[f\\](https://g)');
  let cells = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) cells = 0;
    else {
      const count = line.replaceAll('\\|', '').split('|').length;
      if (cells > 0) expect(count, line).toBe(cells);
      cells = count;
    }
  }
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test('a migration that is only planned has a report too', () => {
  expect(markdownOf(new Journey())).toMatch(/^# www\.shop\.test: planned\n/);
});
