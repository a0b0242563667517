import { expect, test } from 'vitest';
import { stageVisits } from '../../../src/core/report/stage-visit.js';
import { plus } from '../../../src/core/time.js';
import { isObserving, Journey } from '../../cli/render/journey.js';
import { completed, rolledBackByUsers } from './journeys.js';

test('every stage of a whole migration, in order, each settled and left for the next', () => {
  const journey = completed();
  const visits = stageVisits(journey.events, journey.now);
  expect(visits.map(({ share, left }) => [share, left?.how])).toEqual([
    [0, 'next-stage'],
    [10, 'next-stage'],
    [25, 'next-stage'],
    [50, 'next-stage'],
    [100, 'finalize'],
  ]);
  for (const { acceptedAt, settledAt, left } of visits) {
    expect(settledAt).toBeGreaterThan(acceptedAt);
    expect(left?.at).toBeGreaterThan(settledAt ?? Infinity);
  }
});

test('the numbers are those of the moment in which the stage was left, not those of today', () => {
  const journey = rolledBackByUsers();
  const visits = stageVisits(journey.events, plus(journey.now, 3_600_000));
  const [, ten, quarter] = visits;
  expect(ten?.status).toMatchObject({ share: 10, phase: 'observing', verdict: { verdict: 'promote' } });
  expect(ten?.status.gates[0]?.decision).toMatchObject({ action: 'promote', at: ten?.left?.at });
  expect(quarter?.status).toMatchObject({ share: 25, verdict: { verdict: 'rollback' } });
  expect(quarter?.left).toMatchObject({ how: 'rollback' });
  expect(quarter?.status.gates[0]?.decision.evidence.ln).toBeGreaterThan(4.6);
  expect(ten?.status.gates[0]?.decision.evidence.ln).toBeLessThan(0);
});

test('the stage that is still in force is judged now', () => {
  const journey = new Journey().until(isObserving(25)).tick();
  const last = stageVisits(journey.events, plus(journey.now, 400)).at(-1);
  expect(last).toMatchObject({ share: 25, left: null, status: journey.status() });
});

test('a write that was given up has left nothing', () => {
  const journey = new Journey().until(isObserving(10));
  const before = journey.events.length;
  journey.until(({ phase }) => phase.phase === 'settling' && phase.stage === 1);
  const opened = journey.events.findIndex(({ type }, index) => index >= before && type === 'intent-opened');
  const intent = journey.events[opened];
  if (intent?.type !== 'intent-opened') throw new Error('no stage was written');
  const events = journey.events.slice(0, opened + 1);
  const at = intent.at;
  expect(stageVisits(events, at).at(-1)?.left?.how).toBe('next-stage');
  const givenUp = [
    ...events,
    {
      type: 'intent-abandoned',
      at,
      intentId: intent.intent.id,
      because: 'the zone shows the old records',
    } as const,
  ];
  expect(stageVisits(givenUp, at).at(-1)).toMatchObject({ share: 10, left: null });
});

test('a halt ends a stage, and a rollback after it does not end it again', () => {
  const journey = new Journey().until(isObserving(50));
  const { now } = journey;
  journey.add({ type: 'halted', at: now, cause: 'drift', because: 'somebody wrote', differences: [] });
  journey.add({
    type: 'rollback-requested',
    at: plus(now, 9_000),
    by: 'operator',
    who: 'ann',
    because: 'enough',
  });
  const last = stageVisits(journey.events, plus(now, 10_000)).at(-1);
  expect(last?.left).toEqual({ at: now, how: 'halt', because: 'somebody wrote' });
  expect(last?.status.phase).toBe('observing');
});

test('before the take-over there is none', () => {
  const journey = new Journey();
  expect(stageVisits(journey.events, journey.now)).toEqual([]);
});
