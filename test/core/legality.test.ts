import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { Intent } from '../../src/core/intent.js';
import { IllegalEvent } from '../../src/core/legality.js';
import { apply, begin, replay } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { planOf, start, Story } from './story.js';

/** A migration in each phase, as it gets there. */
const phases = {
  planned: () => new Story(),
  'taking-over': () => opened(new Story(), 'take-over'),
  settling: () => accepted(new Story(), 'take-over'),
  'settling, agreed': () => accepted(new Story(), 'take-over').agree(),
  observing: () => Story.observing(0),
  'observing 100%': () => Story.observing(3),
  shifting: () => opened(Story.observing(0), 'stage', 1),
  waiting: () => Story.observing(0).add({ type: 'asked', at: start, because: 'too long' }),
  finalizing: () => opened(Story.observing(3), 'finalize'),
  'finalizing, agreed': () => accepted(Story.observing(3), 'finalize').agree(),
  completed: () => completed(),
  'rolling-back': () => Story.observing(0).requestRollback(),
  draining: () => drained(),
  'rolled-back': () => drained().add({ type: 'rolled-back', at: start, by: 'operator', because: 'clean' }),
  halted: () => halted(),
  adopting: () => returning(halted(), 'adopt'),
  restoring: () => returning(completed(), 'restore'),
  'restoring, agreed': () => acceptedLast(returning(completed(), 'restore')).agree(),
  restored: () =>
    acceptedLast(returning(completed(), 'restore')).agree().add({ type: 'restored', at: start }),
  forgetting: () => returning(completed(), 'forget'),
  forgotten: () => acceptedLast(returning(completed(), 'forget')).add({ type: 'forgotten', at: start }),
} satisfies Record<string, () => Story>;

type PhaseKey = keyof typeof phases;
const everyPhase = Object.keys(phases) as PhaseKey[];

function opened(story: Story, kind: 'take-over' | 'stage' | 'finalize', stage = 0): Story {
  story.open(kind, stage);
  return story;
}

function accepted(story: Story, kind: 'take-over' | 'finalize'): Story {
  return story.accept(story.open(kind));
}

function completed(): Story {
  return accepted(Story.observing(3), 'finalize').agree().add({ type: 'completed', at: start });
}

function halted(): Story {
  return Story.observing(0).add({
    type: 'halted',
    at: start,
    cause: 'drift',
    because: 'x',
    differences: [],
  });
}

function requested(what: 'adopt' | 'restore' | 'forget'): Event {
  const asked = { at: start, by: 'ann', because: 'a test' };
  return what === 'adopt'
    ? { type: 'adopt-requested', ...asked, stage: 0 }
    : { type: `${what}-requested`, ...asked };
}

function returning(story: Story, kind: 'adopt' | 'restore' | 'forget'): Story {
  story.add(requested(kind)).open(kind);
  return story;
}

function acceptedLast(story: Story): Story {
  return story.add(acceptedEvent(openId(story)));
}

function drained(): Story {
  const story = Story.observing(0).requestRollback();
  return story.accept(story.open('rollback')).add({ type: 'rollback-written', at: start, untouched: [] });
}

function all(...without: PhaseKey[]): PhaseKey[] {
  return everyPhase.filter((phase) => !without.includes(phase));
}

const at = start;
const because = 'a test';
const ended: PhaseKey[] = ['completed', 'rolled-back', 'restored', 'forgotten'];
const ways: PhaseKey[] = ['adopting', 'restoring', 'forgetting'];
const openForward: PhaseKey[] = ['taking-over', 'shifting', 'finalizing', ...ways];
const goingBack: PhaseKey[] = ['rolling-back', 'draining', 'rolled-back'];

/** The events and the phases in which each may happen; in every other one it is an error. */
const table: [string, (story: Story) => Event, PhaseKey[]][] = [
  ['migration-planned', () => ({ type: 'migration-planned', at, plan: planOf() }), []],
  ['observed', (story) => ({ type: 'observed', at, observation: story.reading() }), everyPhase],
  ['alarm-raised', () => ({ type: 'alarm-raised', at, topic: 'both-failing', because }), everyPhase],
  [
    'plan-file-changed',
    () => ({
      type: 'plan-file-changed',
      at,
      reading: { path: '/p.yaml', is: 'missing', sha256: null, trouble: null },
      because,
    }),
    everyPhase,
  ],
  ['source-watched', () => ({ type: 'source-watched', at, platforms: [] }), ['completed']],
  [
    'source-moved',
    () => ({
      type: 'source-moved',
      at,
      sources: planOf().hosts.map(({ host, source }) => ({ host, from: source.dnsName, to: 'b.example.' })),
      because,
    }),
    all('planned', 'taking-over', ...ways, ...goingBack, ...ended, 'restoring, agreed'),
  ],
  [
    'source-moved from a name that the plan does not have',
    (story) => ({
      type: 'source-moved',
      at,
      sources: story.state.plan.hosts.map(({ host }) => ({ host, from: 'a.example.', to: 'b.example.' })),
      because,
    }),
    [],
  ],
  ['alarm-cleared', () => ({ type: 'alarm-cleared', at, topic: 'both-failing' }), everyPhase],
  [
    'notified',
    () => ({ type: 'notified', at, sequence: 1, channel: 'slack', outcome: 'delivered', because }),
    everyPhase,
  ],
  ['hook-asked', () => ({ type: 'hook-asked', at, stage: 1, because }), ['observing', 'observing 100%']],
  ['hook-answered', () => ({ type: 'hook-answered', at, stage: 1, answer: 'go', because }), []],
  ['held', () => ({ type: 'held', at, topic: 'dwell', because }), all(...ended)],
  ['gap-found', () => ({ type: 'gap-found', at, gapMs: 1, because }), all(...ended)],
  ['halted', () => ({ type: 'halted', at, cause: 'drift', because, differences: [] }), all(...ended)],
  [
    'paused',
    () => ({ type: 'paused', at, by: 'ann', because }),
    all(...ended, 'rolling-back', 'draining', 'restoring', 'restoring, agreed', 'forgetting'),
  ],
  [
    'promoted from the first stage',
    () => ({ type: 'promoted', at, by: 'ann', because, stage: 0, to: 25, override: false, expiresAt: at }),
    ['observing', 'waiting'],
  ],
  [
    'promoted past the next stage without an override',
    () => ({ type: 'promoted', at, by: 'ann', because, stage: 0, to: 100, override: false, expiresAt: at }),
    [],
  ],
  ['approval-needed where none is', () => ({ type: 'approval-needed', at, because, stage: 0 }), []],
  ['approval-expired without one', () => ({ type: 'approval-expired', at, because, stage: 0 }), []],
  [
    'replanned',
    () => ({ type: 'replanned', at, by: 'ann', because, policy: planOf().policy }),
    ['planned', 'settling', 'settling, agreed', 'observing', 'observing 100%', 'waiting'],
  ],
  ['resumed, not being paused', () => ({ type: 'resumed', at, by: 'ann', because }), ['waiting']],
  ['asked', () => ({ type: 'asked', at, because }), ['observing', 'observing 100%']],
  ['take-over opened', (story) => openedEvent(story, 'take-over'), ['planned']],
  ['stage opened', (story) => openedEvent(story, 'stage'), ['observing', 'observing 100%', 'waiting']],
  ['finalize opened', (story) => openedEvent(story, 'finalize'), ['observing', 'observing 100%', 'waiting']],
  ['rollback opened', (story) => openedEvent(story, 'rollback'), ['rolling-back']],
  ['change-failed', (story) => failedEvent(story), openForward],
  [
    'intent-abandoned',
    (story) => ({ type: 'intent-abandoned', at, intentId: openId(story), because }),
    openForward,
  ],
  [
    'a late forward write accepted',
    (story) => lateEvent(story),
    all('planned', 'halted', 'restoring, agreed', ...ways, ...goingBack, ...ended),
  ],
  ['an unknown write accepted', () => acceptedEvent('nobody'), []],
  [
    'insync',
    () => ({ type: 'insync', at }),
    [
      'settling',
      'settling, agreed',
      'finalizing',
      'finalizing, agreed',
      'draining',
      'restoring',
      'restoring, agreed',
    ],
  ],
  [
    'servers-agreed',
    () => ({ type: 'servers-agreed', at }),
    [
      'settling',
      'settling, agreed',
      'finalizing',
      'finalizing, agreed',
      'draining',
      'restoring',
      'restoring, agreed',
    ],
  ],
  ['settled', () => ({ type: 'settled', at }), ['settling, agreed']],
  ['completed', () => ({ type: 'completed', at }), ['finalizing, agreed']],
  [
    'rollback-requested',
    () => ({ type: 'rollback-requested', at, by: 'operator', who: 'ann', because }),
    all('rolling-back', 'forgotten'),
  ],
  ['adopt-requested', () => requested('adopt'), ['halted']],
  ['restore-requested', () => requested('restore'), ['halted', 'rolled-back', 'completed']],
  ['forget-requested', () => requested('forget'), ['rolled-back', 'completed', 'restored']],
  ['restored', () => ({ type: 'restored', at }), ['restoring, agreed']],
  ['forgotten, with its write open', () => ({ type: 'forgotten', at }), []],
  ['alias opened', (story) => openedEvent(story, 'alias'), ['completed']],
  ['another adoption opened', (story) => openedEvent(story, 'adopt'), []],
  ['another restoration opened', (story) => openedEvent(story, 'restore'), []],
  ['rollback-written', () => ({ type: 'rollback-written', at, untouched: [] }), ['rolling-back']],
  ['rolled-back by the guard', () => ({ type: 'rolled-back', at, by: 'guard', because }), ['draining']],
  ['rolled-back by person', () => ({ type: 'rolled-back', at, by: 'person', because }), all(...ended)],
];

function openedEvent(story: Story, kind: Intent['kind']): Event {
  return { type: 'intent-opened', at, intent: story.intent(kind, 1), because };
}

function acceptedEvent(intentId: string): Event {
  return { type: 'change-accepted', at, intentId, changeId: null, how: 'read-back' };
}

function failedEvent(story: Story): Event {
  const failure = {
    reason: 'timeout',
    provider: 'route53',
    operation: 'x',
    message: 'x',
    details: [],
  } as const;
  return { type: 'change-failed', at, intentId: openId(story), failure };
}

function openId(story: Story): string {
  return story.state.openIntent?.id ?? story.state.intents.at(-1)?.id ?? 'none';
}

function lateEvent(story: Story): Event {
  return acceptedEvent(story.state.intents.find(({ kind }) => kind !== 'rollback')?.id ?? 'none');
}

function isLegal(state: MigrationState, event: Event): boolean {
  try {
    apply(state, event);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(IllegalEvent);
    return false;
  }
}

describe('which event may happen when', () => {
  test.each(table)('%s', (_name, make, legal) => {
    const found = everyPhase.filter((phase) => {
      const story = phases[phase]();
      return isLegal(story.state, make(story));
    });
    expect(found).toEqual(
      legal.length === everyPhase.length ? everyPhase : everyPhase.filter((phase) => legal.includes(phase)),
    );
  });

  test('a journal begins with its plan and nothing else', () => {
    expect(() => begin({ type: 'settled', at })).toThrow(IllegalEvent);
    expect(() => replay([{ type: 'settled', at }])).toThrow(IllegalEvent);
  });

  test('what is illegal live is illegal on replay', () => {
    const plan: Event = { type: 'migration-planned', at, plan: planOf() };
    expect(replay([plan]).phase.phase).toBe('planned');
    expect(() => replay([plan, { type: 'settled', at }])).toThrow('settled is not possible in phase planned');
    expect(() => replay([plan, plan])).toThrow(IllegalEvent);
  });

  test('a person may make his own what the guard has begun, and the guard never what a person has', () => {
    const asked = (by: 'guard' | 'operator'): Event => ({
      type: 'rollback-requested',
      at,
      by,
      who: 'ann',
      because,
    });
    const guard = Story.observing(0).requestRollback('guard');
    expect(isLegal(guard.state, asked('guard'))).toBe(false);
    expect(isLegal(guard.state, asked('operator'))).toBe(true);
    const operator = Story.observing(0).requestRollback('operator');
    expect(isLegal(operator.state, asked('guard'))).toBe(false);
  });

  test('a pause forbids every forward write, and cannot be doubled or ended twice', () => {
    const story = Story.observing(0).add({ type: 'paused', at, by: 'ann', because });
    expect(isLegal(story.state, openedEvent(story, 'stage'))).toBe(false);
    expect(isLegal(story.state, { type: 'paused', at, by: 'bob', because })).toBe(false);
    story.add({ type: 'resumed', at, by: 'ann', because });
    expect(isLegal(story.state, openedEvent(story, 'stage'))).toBe(true);
    expect(isLegal(story.state, { type: 'resumed', at, by: 'ann', because })).toBe(false);
  });

  test('a second write is not opened beside an open one, and the generation only grows', () => {
    const open = opened(Story.observing(0), 'stage', 1);
    expect(isLegal(open.state, openedEvent(open, 'stage'))).toBe(false);
    const story = Story.observing(0);
    const intent = { ...story.intent('stage', 1), generation: story.state.generation };
    expect(isLegal(story.state, { type: 'intent-opened', at, intent, because })).toBe(false);
  });
});
