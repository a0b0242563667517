import { expect, test } from 'vitest';
import { startQuestion } from '../../../src/cli/render/start-question.js';
import type { Check } from '../../../src/engine/check.js';
import { builtInPolicy, hostPlan, planOf } from './journey.js';

const hosts = ['www.shop.test', 'api.shop.test'].map((name) => hostPlan(name));

function check(name: string, verdict: Check['verdict']): Check {
  return { name, verdict, fact: 'seen', fix: null };
}

test('the question names what moves, the policy, and the warnings that have scrolled away', () => {
  const plan = planOf(hosts, builtInPolicy('standard'));
  const asked = 'Begin moving www.shop.test, api.shop.test by policy standard?';
  expect(startQuestion(plan, [check('zone', 'ok')])).toBe(asked);
  const one = [check('zone', 'ok'), check('recovery', 'warning')];
  expect(startQuestion(plan, one)).toBe(`${asked} (1 warning above: recovery)`);
  const several = [...one, check('certificate', 'warning'), check('certificate', 'warning')];
  expect(startQuestion(plan, several)).toBe(`${asked} (3 warnings above: recovery, certificate)`);
});
