import { expect, test } from 'vitest';
import type { HealthCheckStatus } from '../../../src/core/failover/health-check-status.js';
import { failoverLines as planFailover } from '../../../src/cli/render/plan-failover.js';
import { failoverLines } from '../../../src/cli/render/status-failover.js';
import { statusOf, type Status } from '../../../src/core/status.js';
import { millis } from '../../../src/core/time.js';
import { builtInPolicy, hostPlan, Journey, planOf, startedAt } from './journey.js';

const plan = planOf([hostPlan('www.shop.test')], builtInPolicy('standard'));
const status: Status = statusOf(new Journey(plan.hosts, plan.policy).state, startedAt);
const now = startedAt + 90_500;

const source: HealthCheckStatus = {
  host: 'www.shop.test',
  side: 'source',
  id: 'hc-source',
  attached: true,
  healthySince: null,
  leftOver: false,
};
const target: HealthCheckStatus = { ...source, side: 'target', id: 'hc-target' };

function said(...healthChecks: readonly HealthCheckStatus[]): string {
  const lines = failoverLines({ ...status, healthChecks }, 80, now);
  for (const line of lines) expect(line.map(({ text }) => text).join('').length).toBeLessThanOrEqual(80);
  return lines
    .map((line) => line.map(({ text }) => text.trim()).join(' '))
    .join(' ')
    .replaceAll(/ +/g, ' ');
}

test('the status says whether Route 53 would act, and since when its checkers agree', () => {
  expect(said()).toBe('');
  expect(said(source, target)).toContain('Route 53 itself gives the source everything while the target is');
  const waiting = { ...target, attached: false };
  expect(said(source, waiting)).toContain('do not find the target healthy yet');
  expect(said(source, { ...waiting, healthySince: startedAt })).toContain('healthy for 1m30s');
});

test('the status names the health checks that are left when all is over, and what deletes them', () => {
  const left = said({ ...source, leftOver: true }, { ...target, id: null, leftOver: true });
  expect(left).toContain(`shiftctl tick ${status.id}`);
  expect(left).toContain('hc-source, www.shop.test target, id not known');
});

test('the plan says what is protected, what it costs and on which day, and what would be an outage', () => {
  expect(planFailover(plan)).toEqual([]);
  const failover = { intervalSeconds: 10, threshold: 3, healthyForMs: millis(180_000), askAt: null } as const;
  const lines = planFailover({ ...plan, policy: { ...plan.policy, failover } });
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  const text = lines.join(' ').replaceAll(/ +/g, ' ');
  expect(text).toContain('30s and a TTL after that');
  expect(text).toContain('2 health checks, at most $5.25 a month while they exist (prices of 2026-09-20)');
  expect(text).toContain('Switch the source off only after finalize');
});
