import { expect, test } from 'vitest';
import { listView } from '../../../src/cli/render/list-view.js';
import { plus } from '../../../src/core/time.js';
import { builtInPolicy, hostPlan, isObserving, Journey, startedAt } from './journey.js';

test('a line for each migration', () => {
  const paused = new Journey().until(isObserving(50));
  paused.add({ type: 'paused', at: paused.now, by: 'bob', because: 'deploy freeze' });
  const failing = { target: { result: 'failed', because: '503' } } as const;
  const journeys = [
    new Journey([hostPlan('www.shop.test'), hostPlan('api.shop.test')], builtInPolicy('standard')),
    paused,
    new Journey().until(isObserving(25)).until(({ phase }) => phase.phase === 'rolled-back', failing),
    new Journey().until(({ phase }) => phase.phase === 'completed'),
  ];
  const now = plus(startedAt, 60_000);
  expect(
    `\n${listView(
      journeys.map((journey) => journey.status()),
      now,
    ).join('\n')}\n`,
  ).toMatchInlineSnapshot(`
    "
    HOST                      PHASE          SHARE  STAGE  SINCE                NEXT                                      POLICY    ID
    www.shop.test and 1 more  ◷ planned      0%     0/4    2026-11-20 18:42:00  the take-over, with the next tick         standard  www-shop-test-7c1f0a
    www.shop.test             ‖ paused       50%    3/4    2026-11-20 18:42:38  nothing before somebody resumes it; the…  lab       www-shop-test-7c1f0a
    www.shop.test             ↺ rolled back  0%     2/4    2026-11-20 18:42:31  -                                         lab       www-shop-test-7c1f0a
    www.shop.test             ✔ completed    100%   4/4    2026-11-20 18:43:04  -                                         lab       www-shop-test-7c1f0a
    "
  `);
});

test('a long host is cropped, the id never', () => {
  const status = new Journey([hostPlan(`${'long.'.repeat(12)}shop.test`)]).status();
  const [, line = ''] = listView([status], status.since);
  expect(line).toMatch(/^(long\.){7}long… {2}◷ planned/);
  expect(line.endsWith(status.id)).toBe(true);
});

test('names cannot command the terminal', () => {
  const status = new Journey().status();
  const [, line] = listView([{ ...status, policy: 'lab\u001b[2J\nHOST\u202e' }], status.since);
  expect(line).toContain('  lab HOST  ');
});

test('when there is none, it says how to begin', () => {
  expect(listView([], startedAt)).toEqual([
    'No migrations here yet. To see what one would do, without writing anything:',
    '  shiftctl plan <host> --from heroku:<app> --to aws:<dns name>',
  ]);
});
