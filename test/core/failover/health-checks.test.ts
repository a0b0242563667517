import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import { askingProblem } from '../../../src/core/failover/askable.js';
import { attachableChecks } from '../../../src/core/failover/attachment.js';
import { failoverCost } from '../../../src/core/failover/cost.js';
import { healthCheckSpec } from '../../../src/core/failover/health-check.js';
import { healthChecksToRead, healthCheckWork } from '../../../src/core/failover/health-check-work.js';
import { stageIntent } from '../../../src/core/intent-factory.js';
import type { Intent } from '../../../src/core/intent.js';
import { IllegalEvent } from '../../../src/core/legality.js';
import { limitViolations } from '../../../src/core/limits.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import type { FailoverPolicy, Policy } from '../../../src/core/policy/policy.js';
import { millis, plus } from '../../../src/core/time.js';
import { host, planOf, start, Story, www } from '../story.js';

const failover: FailoverPolicy = {
  intervalSeconds: 30,
  threshold: 3,
  healthyForMs: millis(180_000),
  askAt: null,
};
const api = host('api.example.com');

function withFailover(change: Partial<FailoverPolicy> = {}, names = [www]): MigrationPlan {
  const plan = planOf({ names });
  return { ...plan, policy: { ...plan.policy, failover: { ...failover, ...change } } };
}

function wanted(reference: string, side: 'source' | 'target', name = www): Event {
  return { type: 'health-check-wanted', at: start, side, host: name, reference };
}

function created(reference: string, healthCheckId: string): Event {
  return { type: 'health-check-created', at: start, reference, healthCheckId };
}

/** Observing the first stage, with both checks of the host, the target's healthy since the start. */
function healthyStory(): Story {
  const story = Story.observing(0, withFailover())
    .add(wanted('m/1', 'source'))
    .add(created('m/1', 'hc-source'))
    .add(wanted('m/2', 'target'))
    .add(created('m/2', 'hc-target'));
  return story.add({
    type: 'observed',
    at: start,
    observation: {
      ...story.reading(),
      healthChecks: [{ healthCheckId: 'hc-target', status: 'known', healthy: 4, checkers: 6 }],
    },
  });
}

function carriedBy({ batch }: Intent): readonly (string | null)[] {
  return batch.changes
    .filter(({ action, record }) => action === 'CREATE' && record.type === 'CNAME')
    .map(({ record }) => record.healthCheckId);
}

describe('health checks in the records', () => {
  test('are attached after the healthy time and not before', () => {
    const story = healthyStory();
    expect(attachableChecks(story.state, plus(start, 179_999)).size).toBe(0);
    const at = plus(start, 180_000);
    const intent = stageIntent(story.state, { at, nextIntentId: 'intent-next', journalHead: 'h' }, 1);
    expect(carriedBy(intent)).toEqual(['hc-source', 'hc-target']);
    expect(limitViolations(story.state, intent)).toEqual([]);
  });

  test('are not healthy by half of the checkers, by none, nor by an answer that did not come', () => {
    const story = healthyStory();
    const readings = [
      { status: 'known', healthy: 3, checkers: 6 },
      { status: 'known', healthy: 0, checkers: 0 },
      { status: 'gone' },
    ] as const;
    for (const reading of readings) {
      const observation = {
        ...story.reading(),
        healthChecks: [{ healthCheckId: 'hc-target', ...reading }],
      };
      story.add({ type: 'observed', at: start, observation });
      expect(story.state.healthChecks[1]?.healthySince).toBeNull();
    }
  });

  test('are refused right before the call when they belong to nobody here, to the other side, or to one member alone', () => {
    const story = healthyStory();
    const at = plus(start, 180_000);
    const intent = stageIntent(story.state, { at, nextIntentId: 'intent-next', journalHead: 'h' }, 1);
    const carrying = (source: string | null, target: string | null): readonly string[] => {
      const changes = intent.batch.changes.map(({ action, record }) => {
        const id = record.setIdentifier === 'shift-source' ? source : target;
        const isMember = action === 'CREATE' && record.setIdentifier !== null;
        return { action, record: isMember ? { ...record, healthCheckId: id } : record };
      });
      return limitViolations(story.state, { ...intent, batch: { ...intent.batch, changes } });
    };
    expect(carrying('hc-source', 'hc-target')).toEqual([]);
    expect(carrying(null, null)).toEqual([]);
    expect(carrying('hc-target', 'hc-source')).toHaveLength(2);
    expect(carrying('hc-source', 'hc-foreign')).toHaveLength(1);
    expect(carrying(null, 'hc-target')).toHaveLength(1);
  });
});

describe('the work on health checks', () => {
  test('is none before anything stands in the zone, and none while halted', () => {
    expect(healthCheckWork(new Story(withFailover()).state, start)).toBeNull();
    const halted = healthyStory().add({
      type: 'halted',
      at: start,
      cause: 'drift',
      because: 'x',
      differences: [],
    });
    expect(healthCheckWork(halted.state, start)).toBeNull();
    expect(healthChecksToRead(halted.state)).toEqual(['hc-target']);
  });

  test('deletes nothing before Route 53 reports the rollback on all its servers', () => {
    const story = healthyStory().requestRollback();
    expect(healthCheckWork(story.state, start)).toBeNull();
    story.accept(story.open('rollback')).add({ type: 'rollback-written', at: start, untouched: [] });
    expect(healthCheckWork(story.state, start)).toBeNull();
    story.add({ type: 'insync', at: start });
    expect(healthCheckWork(story.state, start)).toMatchObject({ do: 'delete', id: 'hc-source' });
  });

  test('gives every check another reference, those that are gone counted', () => {
    const story = healthyStory().add({
      type: 'health-check-deleted',
      at: start,
      reference: 'm/2',
      because: 'gone',
    });
    expect(healthCheckWork(story.state, start)).toEqual({
      do: 'want',
      side: 'target',
      host: www,
      reference: `${story.state.plan.id}/3`,
    });
  });

  test('knows no check that was never wanted, and creates none twice', () => {
    const story = healthyStory();
    for (const event of [created('m/9', 'x'), created('m/1', 'x'), wanted('m/1', 'source')]) {
      expect(() => story.add(event)).toThrow(IllegalEvent);
    }
  });
});

describe('what is asked, and what it costs', () => {
  const target = { side: 'target', host: www, reference: 'r' } as const;

  test("asks the target's own name, or the one that the policy gives, and never the source", () => {
    expect(healthCheckSpec(withFailover(), target)).toMatchObject({
      endpoint: 'my-alb-1.eu-west-1.elb.amazonaws.com',
      disabled: false,
    });
    const given = withFailover({ askAt: 'app-1a2b.herokuapp.com' });
    expect(healthCheckSpec(given, target).endpoint).toBe('app-1a2b.herokuapp.com');
    const source = healthCheckSpec(given, { ...target, side: 'source' });
    expect(source).toMatchObject({ disabled: true, searchString: null });
    expect(source.endpoint).toContain('herokudns.com');
  });

  test('refuses a target on Heroku without a name that Heroku knows it by', () => {
    const { hosts, policy } = withFailover();
    const back = hosts.map((plan) => ({ ...plan, source: plan.target, target: plan.source }));
    expect(askingProblem(policy, hosts)).toBeNull();
    expect(askingProblem(policy, back)?.fix).toContain('askAt');
    expect(askingProblem(withFailover({ askAt: 'a.herokuapp.com' }).policy, back)).toBeNull();
  });

  test('costs by endpoint and option: HTTPS, a text to look for, ten seconds', () => {
    // The source on Heroku: 0.75 + 2. Each target in AWS: 0.50 + 1, and 1 more at ten seconds.
    expect(failoverCost(withFailover())).toEqual({ healthChecks: 2, dollarsPerMonth: 4.25 });
    expect(failoverCost(withFailover({ intervalSeconds: 10 }, [www, api]))).toEqual({
      healthChecks: 3,
      dollarsPerMonth: 7.75,
    });
    expect(failoverCost(planOf())).toBeNull();
  });
});

describe('failover in a policy file', () => {
  function policy(text: string): Policy | string {
    const parsed = parsePolicy(`stages: [100]\n${text}`, 'p.yaml');
    return parsed.ok ? parsed.value : parsed.error.map(({ where, message }) => `${where} ${message}`).join();
  }

  test('is off when nothing is said, and has defaults', () => {
    expect(policy('')).not.toHaveProperty('failover');
    expect(policy('failover: off')).not.toHaveProperty('failover');
    expect(policy('failover: health-checks')).toMatchObject({ failover });
    expect(policy('failover: { interval: 10s, threshold: 2 }')).toMatchObject({
      failover: { intervalSeconds: 10, threshold: 2, healthyForMs: 180_000, askAt: null },
    });
  });

  test('refuses what Route 53 does not have, and an attachment too soon for production', () => {
    expect(policy('failover: on')).toContain('failover');
    expect(policy('failover: { interval: 20s }')).toContain('interval');
    expect(policy('failover: { threshold: 11 }')).toContain('threshold');
    expect(policy('failover: { healthyFor: 10s }')).toContain('at least 3m');
  });
});
