import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/core/change-batch.js';
import type { Intent } from '../../src/core/intent.js';
import { limitViolations } from '../../src/core/limits.js';
import { maxHosts } from '../../src/core/plan.js';
import { plainCname, weight } from '../../src/core/record-set.js';
import { host, planOf, Story, www } from './story.js';

const other = host('www.example.org');

/** The step from 10% to 25%, its batch changed. */
function changed(edit: (change: Change) => Change, kind: Intent['kind'] = 'stage'): [Story, Intent] {
  const story = Story.observing(kind === 'finalize' ? 3 : 0);
  const intent = story.intent(kind, 1);
  return [story, { ...intent, batch: { ...intent.batch, changes: intent.batch.changes.map(edit) } }];
}

function violations([story, intent]: [Story, Intent]): readonly string[] {
  return limitViolations(story.state, intent);
}

function reweighted(source: number, target: number): (change: Change) => Change {
  return ({ action, record }) => {
    if (action === 'DELETE' || record.weight === null) return { action, record };
    return {
      action,
      record: { ...record, weight: weight(record.setIdentifier === 'shift-source' ? source : target) },
    };
  };
}

describe('the last look before a forward call', () => {
  test('finds nothing in the writes of a whole migration', () => {
    expect(limitViolations(new Story().state, new Story().intent('take-over'))).toEqual([]);
    for (const stage of [0, 1, 2, 3]) {
      const story = Story.observing(stage - 1);
      expect(limitViolations(story.state, story.intent('stage', stage))).toEqual([]);
    }
    const last = Story.observing(3);
    expect(limitViolations(last.state, last.intent('finalize'))).toEqual([]);
    const group = new Story(planOf({ names: [www, other] }));
    expect(limitViolations(group.state, group.intent('take-over'))).toEqual([]);
  });

  test.each<[string, () => [Story, Intent], string]>([
    [
      'a name that is not of the plan',
      () => changed(({ action, record }) => ({ action, record: { ...record, name: other } })),
      'is not a name of this plan',
    ],
    ['both weights 0', () => changed(reweighted(0, 0)), 'do not add up to 100'],
    ['weights that are no percentage', () => changed(reweighted(90, 25)), 'do not add up to 100'],
    ['other weights than the intent says', () => changed(reweighted(50, 50)), 'would not get a share of 25'],
    [
      'an UPSERT',
      () => changed(({ action, record }) => ({ action: action === 'CREATE' ? 'UPSERT' : action, record })),
      'never an UPSERT',
    ],
    [
      'a finalize to somewhere else',
      () =>
        changed(
          (change) =>
            change.record.type === 'CNAME' && change.action === 'CREATE'
              ? { ...change, record: plainCname(www, 'x.example.net.', 60) }
              : change,
          'finalize',
        ),
      'would not point at its target',
    ],
  ])('refuses %s', (_name, make, because) => {
    expect(violations(make()).join('; ')).toContain(because);
  });

  test('refuses two steps at once, from every stage', () => {
    for (const stage of [-1, 0, 1]) {
      const story = Story.observing(stage);
      const found = limitViolations(story.state, story.intent('stage', stage + 2));
      expect(found.join()).toContain('above the next stage');
    }
  });

  test('refuses a take-over that moves traffic, and a finalize below 100%', () => {
    const story = new Story();
    const intent: Intent = { ...story.intent('stage', 0), kind: 'take-over' };
    expect(limitViolations(story.state, intent).join()).toContain('a take-over moves no traffic');
    const early = Story.observing(2);
    expect(limitViolations(early.state, early.intent('finalize')).join()).toContain(
      'only a migration at 100%',
    );
  });

  test('refuses a generation that does not follow the last one', () => {
    const story = Story.observing(0);
    const intent = { ...story.intent('stage', 1), generation: story.state.generation + 2 };
    expect(limitViolations(story.state, intent).join()).toContain('does not follow');
  });

  test('refuses more hosts than a batch is meant for', () => {
    const names = Array.from({ length: maxHosts + 1 }, (_, index) => host(`h${String(index)}.example.com`));
    const story = new Story(planOf({ names }));
    expect(limitViolations(story.state, story.intent('take-over')).join()).toContain(
      `more than ${String(maxHosts)}`,
    );
  });

  test('refuses a batch that forgets a host of the group', () => {
    const group = new Story(planOf({ names: [www, other] }));
    const intent = group.intent('take-over');
    const changes = intent.batch.changes.filter(({ record }) => record.name !== other);
    const found = limitViolations(group.state, { ...intent, batch: { ...intent.batch, changes } });
    expect(found).toEqual([`${other} would not get a share of 0`]);
  });
});
