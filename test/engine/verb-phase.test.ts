import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { Failure } from '../../src/core/failure.js';
import type { Intent } from '../../src/core/intent.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { Policy } from '../../src/core/policy/policy.js';
import { possibleVerbs } from '../../src/core/possible-verbs.js';
import type { Result } from '../../src/core/result.js';
import { operator, World } from './world.js';
import { planOf, policy, start, Story } from '../core/story.js';

/** A story that can be put into a store. */
class Told extends Story {
  readonly events: Event[] = [];

  override add(event: Event): this {
    this.events.push(event);
    return super.add(event);
  }
}

const manual: Policy = {
  ...policy(),
  stages: policy().stages.map((stage, index) => (index === 1 ? { ...stage, needsApproval: true } : stage)),
};

function observing(stage: number, by: Policy = policy()): Told {
  const story = new Told(planOf({ policy: by }));
  for (let current = -1; current <= stage; current += 1)
    story.accept(story.open(current < 0 ? 'take-over' : 'stage', current)).settle();
  return story;
}

function opened(story: Told, kind: Intent['kind'], stage = 0): Told {
  story.open(kind, stage);
  return story;
}

function accepted(story: Told, kind: Intent['kind']): Told {
  return story.accept(story.open(kind));
}

const said = { at: start, by: 'ann', because: 'a test' };

const completed = (): Told =>
  accepted(observing(3), 'finalize').agree().add({ type: 'completed', at: start });
const halted = (): Told =>
  observing(0).add({ type: 'halted', at: start, cause: 'drift', because: 'x', differences: [] });
const draining = (): Told =>
  accepted(observing(0).requestRollback(), 'rollback').add({
    type: 'rollback-written',
    at: start,
    untouched: [],
  });
const restored = (): Told =>
  accepted(completed().add({ type: 'restore-requested', ...said }), 'restore')
    .agree()
    .add({ type: 'restored', at: start });
const forgetting = (): Told => opened(completed().add({ type: 'forget-requested', ...said }), 'forget');

/** Where a migration can be, and the verbs that make sense there; every other one is refused with these. */
const table: [string, () => Told, string[]][] = [
  ['planned', () => new Told(), ['pause', 'replan', 'rollback']],
  ['taking over', () => opened(new Told(), 'take-over'), ['pause', 'rollback']],
  ['settling', () => accepted(new Told(), 'take-over'), ['pause', 'replan', 'rollback']],
  ['observing', () => observing(0), ['promote', 'pause', 'replan', 'rollback']],
  [
    'observing before a stage that needs an approval',
    () => observing(0, manual),
    ['approve', 'promote', 'pause', 'replan', 'rollback'],
  ],
  [
    'observing, paused',
    () => observing(0).add({ type: 'paused', ...said }),
    ['resume', 'replan', 'rollback'],
  ],
  ['shifting', () => opened(observing(0), 'stage', 1), ['pause', 'rollback']],
  [
    'waiting for an answer',
    () => observing(0).add({ type: 'asked', at: start, because: 'too long' }),
    ['resume', 'approve', 'promote', 'pause', 'replan', 'rollback'],
  ],
  [
    'waiting for an approval',
    () => observing(0, manual).add({ type: 'approval-needed', at: start, because: 'so', stage: 0 }),
    ['resume', 'approve', 'promote', 'pause', 'replan', 'rollback'],
  ],
  ['the bake', () => observing(3), ['finalize', 'pause', 'replan', 'rollback']],
  ['finalizing', () => accepted(observing(3), 'finalize'), ['pause', 'rollback']],
  ['completed', completed, ['restore', 'forget', 'rollback']],
  ['rolling back', () => observing(0).requestRollback(), []],
  ['draining', draining, ['rollback']],
  [
    'rolled back',
    () => draining().add({ type: 'rolled-back', at: start, by: 'operator', because: 'clean' }),
    ['restore', 'forget', 'rollback'],
  ],
  ['halted', halted, ['pause', 'adopt', 'repair', 'restore', 'rollback']],
  [
    'adopting',
    () => opened(halted().add({ type: 'adopt-requested', ...said, stage: 0 }), 'adopt'),
    ['pause', 'rollback'],
  ],
  [
    'restoring',
    () => opened(completed().add({ type: 'restore-requested', ...said }), 'restore'),
    ['rollback'],
  ],
  ['restored', restored, ['forget', 'rollback']],
  ['forgetting', forgetting, ['rollback']],
  [
    'forgotten',
    () => {
      const story = forgetting();
      return story.accept(story.state.openIntent!).add({ type: 'forgotten', at: start });
    },
    [],
  ],
];

type Outcome = Promise<Result<MigrationState, Failure>>;

/** The verbs that only say something; those that write to the zone have tests of their own. */
const verbs: Record<string, (world: World, story: Told) => Outcome> = {
  pause: ({ migrations }, { state }) => migrations.pause(state.plan.id, operator),
  resume: ({ migrations }, { state }) => migrations.resume(state.plan.id, operator),
  approve: ({ migrations }, { state }) => migrations.approve(state.plan.id, operator),
  promote: ({ migrations }, { state }) =>
    migrations.promote(state.plan.id, operator, { to: null, override: true }),
  finalize: ({ migrations }, { state }) => migrations.finalize(state.plan.id, operator, true),
  replan: ({ migrations }, { state }) =>
    migrations.replan(state.plan.id, operator, { shown: state.plan.policy, policy: state.plan.policy }),
};

async function stored(story: Told): Promise<World> {
  const world = new World();
  const { id, hosts } = story.state.plan;
  const row = { id, hosts: hosts.map(({ host }) => host), live: true, createdAt: start };
  await world.store.create(
    row,
    { type: 'migration-planned', at: start, plan: new Told(story.state.plan).state.plan },
    start,
  );
  const step = { migrationId: id, at: start, live: true, expectedSequence: 1, epoch: null };
  if (story.events.length > 0) await world.store.append({ ...step, events: story.events });
  return world;
}

describe.each(table)('%s', (_name, tell, expected) => {
  test(`allows ${expected.join(', ') || 'nothing'}`, () => {
    expect(possibleVerbs(tell().state, start)).toEqual(expected);
  });

  test.each(Object.keys(verbs))('%s does what the table says, or names what is possible', async (verb) => {
    const story = tell();
    const world = await stored(story);
    const entries = (await world.journal(story.state.plan.id)).length;
    const result = await verbs[verb]!(world, story);
    expect(result.ok).toBe(expected.includes(verb));
    expect((await world.journal(story.state.plan.id)).length).toBe(entries + (result.ok ? 1 : 0));
    if (result.ok) return;
    expect(result.error).toMatchObject({ reason: 'conflict' });
    if (expected.includes('finalize') && verb === 'promote') return;
    const possible = expected.length === 0 ? 'nothing by hand' : expected.join(', ');
    expect(result.error).toMatchObject({
      fix: expect.stringContaining(`possible now: ${possible};`) as string,
    });
  });
});
