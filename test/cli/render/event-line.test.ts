import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.js';
import type { ProviderFailureReason } from '../../../src/core/failure.js';
import {
  takeOverIntent,
  stageIntent,
  finalizeIntent,
  rollbackIntent,
} from '../../../src/core/intent-factory.js';
import type { Intent } from '../../../src/core/intent.js';
import { eventLine } from '../../../src/cli/render/event-line.js';
import { builtInPolicy, hostPlan, Journey, planOf, startedAt } from './journey.js';

const at = startedAt;
const journey = new Journey().tick();
const origin = { at, nextIntentId: 'intent-x', journalHead: 'f00d' };
const plan = planOf([hostPlan('www.shop.test')], builtInPolicy('standard'));

function opened(intent: Intent): Event {
  return { type: 'intent-opened', at, intent, because: 'the reason' };
}

function failed(reason: ProviderFailureReason, details: readonly string[] = []): Event {
  const failure = {
    reason,
    provider: 'route53',
    operation: 'ChangeResourceRecordSets',
    message: 'the message',
    details,
  } as const;
  return { type: 'change-failed', at, intentId: 'intent-x', failure };
}

/** The line without its time, which is the same everywhere. */
function line(event: Event): string | null {
  const text = eventLine(event);
  if (text !== null) expect(text.slice(0, 20)).toBe('2026-11-20 18:42:00 ');
  return text?.slice(20) ?? null;
}

/** Every type of event; the compiler sees to it that none is missing. */
const everyType: { readonly [T in Event['type']]: readonly [Event & { type: T }, string | null] } = {
  'migration-planned': [
    { type: 'migration-planned', at, plan },
    '• planned by alice: www.shop.test from heroku:shop to aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com, policy standard',
  ],
  observed: [journey.events.find((event) => event.type === 'observed')!, null],
  'intent-opened': [
    {
      type: 'intent-opened',
      at,
      intent: stageIntent(journey.state, origin, 1),
      because: 'dwell of 6s is over',
    },
    '◌ moving to 25% (generation 2): dwell of 6s is over',
  ],
  'change-accepted': [
    { type: 'change-accepted', at, intentId: 'intent-x', changeId: 'C2', how: 'reply' },
    '✔ accepted by Route 53 (change C2)',
  ],
  'change-failed': [
    failed('throttled') as Event & { type: 'change-failed' },
    '✖ call failed (route53 ChangeResourceRecordSets, throttled), nothing was written: the message',
  ],
  'intent-abandoned': [
    { type: 'intent-abandoned', at, intentId: 'intent-x', because: 'it did not happen' },
    '• write given up: it did not happen',
  ],
  insync: [{ type: 'insync', at }, '✔ INSYNC: Route 53 reports the change on all its servers'],
  'servers-agreed': [{ type: 'servers-agreed', at }, '✔ agreed: every name server shows the change'],
  settled: [
    { type: 'settled', at },
    '✔ settled: cached answers have expired, the stage is observed from now on',
  ],
  'gap-found': [
    { type: 'gap-found', at, gapMs: 60_000, because: 'nobody looked for 1m' },
    '⚠ gap: nobody looked for 1m; dwell and evidence begin again',
  ],
  held: [
    { type: 'held', at, topic: 'dwell', because: 'this stage is observed for 6s' },
    '◷ held: this stage is observed for 6s',
  ],
  asked: [{ type: 'asked', at, because: 'held for an hour' }, '⚠ waits for a person: held for an hour'],
  approved: [
    {
      type: 'approved',
      at,
      by: 'bob',
      because: 'looked at the dashboards',
      stage: 1,
      override: true,
      expiresAt: at,
    },
    '✔ approved by bob: looked at the dashboards',
  ],
  promoted: [
    { type: 'promoted', at, by: 'bob', because: 'late', stage: 0, to: 25, override: true, expiresAt: at },
    '✔ promoted to 25% by bob, overriding the gate: late',
  ],
  'approval-needed': [
    { type: 'approval-needed', at, because: 'the policy says so', stage: 1 },
    '⚠ waits for an approval: the policy says so',
  ],
  'approval-expired': [
    { type: 'approval-expired', at, because: 'the approval by bob was not used', stage: 1 },
    '⚠ expired: the approval by bob was not used',
  ],
  replanned: [
    { type: 'replanned', at, by: 'bob', because: 'slower', policy: plan.policy },
    '● replanned by bob, policy standard: slower',
  ],
  paused: [{ type: 'paused', at, by: 'bob', because: 'deploy freeze' }, '‖ paused by bob: deploy freeze'],
  resumed: [
    { type: 'resumed', at, by: 'bob', because: 'freeze is over' },
    '● resumed by bob: freeze is over',
  ],
  'rollback-requested': [
    { type: 'rollback-requested', at, by: 'guard', who: 'guard', because: 'the target fails' },
    '↺ rollback requested by the guard: the target fails',
  ],
  'rollback-written': [
    { type: 'rollback-written', at, untouched: [] },
    '✔ rollback written: every host points at its source again',
  ],
  'rolled-back': [
    { type: 'rolled-back', at, by: 'guard', because: 'the target fails' },
    '↺ rolled back: no name server hands out the target any more; the target fails',
  ],
  completed: [{ type: 'completed', at }, '✔ completed: everything points at the target'],
  halted: [
    { type: 'halted', at, cause: 'drift', because: 'records differ', differences: ['one', 'two'] },
    '✖ halted (drift, 2 records differ): records differ',
  ],
  'adopt-requested': [
    { type: 'adopt-requested', at, by: 'alice', because: 'Bob meant well', stage: 1 },
    '● adopted by alice: Bob meant well',
  ],
  'restore-requested': [
    { type: 'restore-requested', at, by: 'alice', because: 'not this year' },
    '↺ restore requested by alice: not this year',
  ],
  restored: [{ type: 'restored', at }, '✔ restored: the records stand as before the first take-over'],
  'forget-requested': [
    { type: 'forget-requested', at, by: 'alice', because: 'done' },
    '• to be forgotten, says alice: done',
  ],
  forgotten: [{ type: 'forgotten', at }, '✔ forgotten: no marker of this migration is left in the zone'],
  'alarm-raised': [
    { type: 'alarm-raised', at, topic: 'source-failing', because: '3 of 6 failed' },
    '⚠ alarm, source failing: 3 of 6 failed',
  ],
  'health-check-wanted': [
    {
      type: 'health-check-wanted',
      at,
      side: 'target',
      host: hostPlan('www.shop.test').host,
      reference: 'm/2',
    },
    '◌ creating the health check of www.shop.test, target (m/2)',
  ],
  'health-check-created': [
    { type: 'health-check-created', at, reference: 'm/2', healthCheckId: 'abc' },
    '✔ health check abc created (m/2)',
  ],
  'health-check-deleted': [
    { type: 'health-check-deleted', at, reference: 'm/2', because: 'no record carries it any more' },
    '• health check gone (m/2): no record carries it any more',
  ],
  'source-moved': [
    { type: 'source-moved', at, sources: [], because: 'it answers as b.example' },
    '⚠ source moved: it answers as b.example',
  ],
  'source-watched': [{ type: 'source-watched', at, platforms: [] }, null],
  'plan-file-changed': [
    {
      type: 'plan-file-changed',
      at,
      reading: { path: '/p.yaml', is: 'missing', sha256: null, trouble: null },
      because: 'it is gone',
    },
    '⚠ file: it is gone',
  ],
  'alarm-cleared': [{ type: 'alarm-cleared', at, topic: 'source-failing' }, '✔ alarm over: source failing'],
  notified: [
    { type: 'notified', at, sequence: 7, channel: 'slack', outcome: 'failed', because: 'answered 503' },
    '⚠ could not tell slack about entry 7, it is tried again: answered 503',
  ],
  'hook-asked': [
    { type: 'hook-asked', at, stage: 1, because: 'ready' },
    '◷ the before-stage hook is asked: ready',
  ],
  'hook-answered': [
    { type: 'hook-answered', at, stage: 1, answer: 'hold', because: 'freeze' },
    '◷ the before-stage hook answered hold: freeze',
  ],
};

test.each(Object.entries(everyType))('%s has its line', (_type, [event, expected]) => {
  expect(line(event)).toBe(expected);
});

test('a gap in which nothing dwelt says what alone begins again', () => {
  const gap = { type: 'gap-found', at, gapMs: 60_000, because: 'the clock jumped back by 1m' } as const;
  expect(line({ ...gap, only: 'settling' })).toBe(
    '⚠ gap: the clock jumped back by 1m; cached answers are given their time again',
  );
});

test('each kind of write is named', () => {
  const { state } = journey;
  const intents = [
    takeOverIntent(state, origin),
    finalizeIntent(state, origin),
    rollbackIntent(state, origin),
  ];
  expect(intents.map((intent) => line(opened(intent)))).toEqual([
    '◌ taking over (generation 2): the reason',
    '◌ finalizing (generation 2): the reason',
    '↺ writing the rollback (generation 2): the reason',
  ]);
});

test('a write known only from the zone says that its answer was lost', () => {
  expect(line({ type: 'change-accepted', at, intentId: 'i', changeId: null, how: 'read-back' })).toBe(
    '✔ accepted: the answer was lost, the zone shows the write',
  );
});

test('only a failure that says so claims that nothing was written', () => {
  const reasons = ['timeout', 'unavailable', 'unknown'] as const;
  for (const reason of reasons) {
    expect(line(failed(reason))).toBe(
      `? no clear answer (route53 ChangeResourceRecordSets, ${reason}), the zone will show what happened: the message`,
    );
  }
  expect(line(failed('conflict', ['values differ', 'not found']))).toBe(
    '✖ refused (route53 ChangeResourceRecordSets, conflict), the zone will show why: the message; values differ; not found',
  );
});

test('a record that was changed is one, as it was and as it is', () => {
  const differences = [
    'www.shop.test: - CNAME shift-target weight 25 -> x',
    'www.shop.test: + CNAME shift-target weight 77 -> x',
  ];
  expect(line({ type: 'halted', at, cause: 'drift', because: 'a weight', differences })).toBe(
    '✖ halted (drift, 1 record differs): a weight',
  );
});

test('an end of the bake is not called a promotion to the share that it has', () => {
  const word = {
    at,
    by: 'bob',
    because: 'all quiet',
    stage: 3,
    to: 100,
    expiresAt: at,
    endsBake: true,
  } as const;
  expect(line({ type: 'promoted', ...word, override: false })).toBe('✔ finalized early by bob: all quiet');
  expect(line({ type: 'promoted', ...word, override: true })).toBe(
    '✔ finalized early by bob, overriding the gate: all quiet',
  );
});

test('a rollback says who wanted it', () => {
  const requested = (by: 'guard' | 'operator' | 'person', who: string): string | null =>
    line({ type: 'rollback-requested', at, by, who, because: 'why' });
  expect(requested('guard', 'policy onAsk')).toBe('↺ rollback requested by the guard (policy onAsk): why');
  expect(requested('operator', 'alice')).toBe('↺ rollback requested by operator alice: why');
  expect(requested('person', 'someone')).toBe('↺ rollback requested by someone, by hand: why');
  expect(line({ type: 'rolled-back', at, by: 'person', because: 'put back' })).toBe(
    '↺ rolled back by hand: put back',
  );
});

test('hosts left untouched by a rollback are named', () => {
  expect(
    line({ type: 'rollback-written', at, untouched: ['a.shop.test: an A record', 'b.shop.test: a TXT'] }),
  ).toBe('⚠ rollback written, except what was left untouched: a.shop.test: an A record; b.shop.test: a TXT');
});

test('several hosts are counted and named', () => {
  const group = planOf([hostPlan('www.shop.test'), hostPlan('api.shop.test')], builtInPolicy('standard'));
  expect(line({ type: 'migration-planned', at, plan: group })).toBe(
    '• planned by alice: 2 hosts, www.shop.test, api.shop.test, policy standard',
  );
});

test("no event's words reach the terminal as commands or as more lines", () => {
  const hostile = 'ok\u001b[2J\u001b]0;title\u0007\n2026-11-20 ✔ completed\u202e';
  expect(line({ type: 'paused', at, by: hostile, because: hostile })).toBe(
    '‖ paused by ok 2026-11-20 ✔ completed: ok 2026-11-20 ✔ completed',
  );
});
