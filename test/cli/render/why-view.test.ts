import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/cli/render/width.js';
import { whyHead, whyHeadRows } from '../../../src/cli/render/why-head.js';
import { whyView } from '../../../src/cli/render/why-view.js';
import type { ProbeOutcome } from '../../../src/core/probe.js';
import type { Status } from '../../../src/core/status.js';
import { completed, rolledBackByUsers, users } from '../../core/report/journeys.js';
import { measured } from '../../engine/memory-metrics.js';
import { builtInPolicy, hostPlan, isObserving, Journey, planOf, startedAt } from './journey.js';

function journeyOf(...names: readonly string[]): Journey {
  const hosts = names.map((name) => hostPlan(name));
  const plan = measured(planOf(hosts, builtInPolicy('lab')));
  return new Journey(plan.hosts, plan.policy);
}

function observing(...names: readonly string[]): Journey {
  return journeyOf(...names).until(isObserving(25), users());
}

function head(journey: Journey): string {
  return whyHead(journey.status(), { columns: 80, hasColor: false, now: journey.now }).join('\n');
}

const failure: ProbeOutcome = {
  ...{ at: startedAt, result: 'failed', because: '503 after 12 ms' },
  ...{ status: 503, latencyMs: 12, certificateEndsAt: null },
};

describe('the first screen of status --why', () => {
  test('holds what decides: phase, reason, what is waited for, share, and a line of figures for each side', () => {
    const journey = observing('www.shop.test');
    for (let ticks = 0; ticks < 4; ticks += 1) journey.tick(users());
    expect(`\n${head(journey)}\n`).toMatchInlineSnapshot(`
      "
      host       www.shop.test
      phase      ● observing, for 4s
      because    31 : 1 that the target is no worse (rolls back at 100 : 1 that it is)
      gate       ◷ hold
      next       50% in 2s, at the earliest
      share      25% for the target; name servers give it in 26% of their answers
      source     ✔ passing, 6 ok; users: 20 of 3,060 failed (0.65 %)
      target     ✔ passing, 6 ok; users: 9 of 940 failed (0.96 %, allowed 0.79 %)
      evidence   31 : 1 that the target is no worse; rolled back at 100 : 1 that it is
      proof      403 : 1 that it fails at most 4.8 %; promoted at 20 : 1
      "
    `);
  });

  test('says what a side answered last, and names the worst hosts of a group first', () => {
    const journey = observing('a.shop.test', 'b.shop.test', 'c.shop.test', 'd.shop.test');
    const { probes, ...status } = journey.status();
    const worse = probes.map((one) =>
      one.host === 'd.shop.test.' && one.side === 'target'
        ? { ...one, health: 'failing' as const, ok: 2, failed: 4, lastFailure: failure }
        : one,
    );
    const options = { columns: 80, hasColor: false, now: journey.now };
    const lines = whyHead({ ...status, probes: worse }, options);
    const sides = lines.filter((line) => /^(?:source|target) /.test(line));
    expect(sides[1]).toMatch(/^target {5}d\.shop\.test: ✖ failing, 2 ok, 4 failed; users: /);
    expect(sides.map((line) => line.slice(11, 12)).join('')).toBe('ddaabb');
    expect(lines.find((line) => line.includes('more among the details'))).toContain('and 1 more');
  });

  test('after the end weighs nothing any more', () => {
    expect(head(rolledBackByUsers())).not.toMatch(/^(?:evidence|proof)/m);
    expect(head(completed())).toMatch(/^share {6}100% for the target; /m);
  });

  test('fits a small terminal whatever there is to say, and cuts what the details hold', () => {
    const many = Array.from({ length: 12 }, (_, index) => `${'host'.repeat(15)}${index}.shop.test`);
    const because = 'a reason that goes on and on '.repeat(30);
    const status = observing(...many).status();
    const move = { host: 'a.shop.test.', from: 'b.shop.test.', to: 'c.shop.test.' };
    const full: Status = {
      ...status,
      because,
      paused: { by: 'somebody', because, since: status.since },
      alarm: 'source-failing',
      differences: Array.from({ length: 30 }, () => because),
      movedSources: many.map(() => move) as unknown as Status['movedSources'],
      probes: status.probes.map((one) => ({
        ...one,
        health: 'failing',
        lastFailure: { ...failure, because },
      })),
    };
    for (const columns of [80, 120]) {
      const lines = whyHead(full, { columns, hasColor: false, now: status.since });
      expect(lines.length).toBe(whyHeadRows);
      expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
      for (const label of ['hosts', 'phase', 'because', 'next', 'share', 'source', 'target'])
        expect(lines.join('\n')).toMatch(new RegExp(`^${label} `, 'm'));
      expect(lines.at(-1)).toContain('the rest stands among the details');
    }
  });

  test('stands above every number', () => {
    const journey = observing('www.shop.test');
    const lines = whyView(journey.status(), { columns: 80, hasColor: false, now: journey.now });
    const at = lines.indexOf('Every number behind it');
    expect(at).toBeLessThanOrEqual(whyHeadRows + 1);
    expect(lines.slice(0, at - 1).join('\n')).toBe(head(journey));
    expect(lines.slice(at).join('\n')).toMatch(/^stage 25 % .*\n(?: {2}.*\n)+ {2}to promote: needs 20 : 1/m);
  });
});
