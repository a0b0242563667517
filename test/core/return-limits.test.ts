import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/core/change-batch.js';
import type { Intent } from '../../src/core/intent.js';
import { limitViolations } from '../../src/core/limits.js';
import { plainCname, weightedCname } from '../../src/core/record-set.js';
import { host, start, Story, www } from './story.js';

function halted(): Story {
  return Story.observing(1).add({ type: 'halted', at: start, cause: 'drift', because: 'x', differences: [] });
}

function completed(): Story {
  const story = Story.observing(3);
  return story.accept(story.open('finalize')).agree().add({ type: 'completed', at: start });
}

function withChange(intent: Intent, change: Change): Intent {
  return { ...intent, batch: { ...intent.batch, changes: [...intent.batch.changes, change] } };
}

describe('the last look at what a person asked for', () => {
  test.each(['restore', 'forget', 'alias'] as const)('lets %s pass as it is made', (kind) => {
    const story = completed();
    expect(limitViolations(story.state, story.intent(kind))).toEqual([]);
  });

  test('lets an adoption pass at what stands, and no higher', () => {
    const { state } = halted();
    const story = halted();
    expect(limitViolations(state, story.intent('adopt', 1))).toEqual([]);
    const lower = { ...state.image[0]!, records: state.image[0]!.records.slice(0, 1) };
    expect(limitViolations(state, { ...story.intent('adopt', 1), before: [lower] })).toEqual([
      '25% at www.example.com is more than may stand',
    ]);
  });

  test.each<[string, Change, string]>([
    [
      'another name',
      { action: 'CREATE', record: plainCname(host('api.example.com'), 'x.example.net.', 60) },
      'api.example.com. is not a name of this plan',
    ],
    [
      'an UPSERT',
      { action: 'UPSERT', record: plainCname(www, 'x.example.net.', 60) },
      'a compare-and-swap has no UPSERT',
    ],
    [
      'a foreign record deleted',
      {
        action: 'DELETE',
        record: weightedCname({ name: www, target: 'x.net.', ttl: 60, setIdentifier: 'x', weight: 1 }),
      },
      'a CNAME at www.example.com is not ours to delete',
    ],
    [
      'another record beside the originals',
      { action: 'CREATE', record: plainCname(www, 'x.example.net.', 60) },
      'www.example.com would not get its originals',
    ],
  ])('refuses %s', (_name, change, violation) => {
    const story = completed();
    expect(limitViolations(story.state, withChange(story.intent('restore'), change))).toContain(violation);
  });

  test('refuses a generation that is not above what stands, and a record where only markers go', () => {
    const story = completed();
    const intent = story.intent('forget');
    expect(limitViolations(story.state, { ...intent, generation: story.state.generation })).toEqual([
      `generation ${String(story.state.generation)} is not above what stands there`,
    ]);
    const [record] = story.state.image[0]!.records;
    expect(limitViolations(story.state, withChange(intent, { action: 'DELETE', record: record! }))).toEqual([
      'www.example.com. is not a marker to be removed',
    ]);
  });
});
