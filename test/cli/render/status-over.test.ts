import { expect, test } from 'vitest';
import { statusView } from '../../../src/cli/render/status-view.js';
import type { MigrationState } from '../../../src/core/migration-state.js';
import { weightedPair } from '../../../src/core/share.js';
import { statusOf, type Status } from '../../../src/core/status.js';
import { plus } from '../../../src/core/time.js';
import { hostPlan, isObserving, Journey } from './journey.js';

const failing = { target: { result: 'failed', because: '503, expected 200' } } as const;

function at25(): Journey {
  return new Journey().until(isObserving(25));
}

function rolledBack(): Journey {
  return at25().until(({ phase }) => phase.phase === 'rolled-back', failing);
}

function statusLater(journey: Journey, laterMs: number): Status {
  return statusOf(journey.state, plus(journey.now, laterMs));
}

function shown(status: Status, journey: Journey): string {
  return statusView(status, { columns: 80, hasColor: false, now: journey.now }).join('\n');
}

test('once it is over, sides that nobody probes any more are left out', () => {
  const journey = rolledBack();
  const status = statusLater(journey, 60_000);
  expect(status.probes.map(({ health }) => health)).toEqual(['unknown', 'unknown']);
  expect(shown(status, journey)).not.toContain('unknown');
  expect(shown(statusLater(journey, 400), journey)).toContain('failing');
});

test('records that were put back by hand: shares of before are not taken for the shares of now', () => {
  const journey = at25();
  const { ttlSeconds } = journey.state.plan.policy;
  const image = journey.state.image.map((found, index) => {
    const host = journey.state.plan.hosts[index];
    return host === undefined ? found : { ...found, records: weightedPair(host, 0, ttlSeconds) };
  });
  const text = shown(statusLater(journey.tick({ zone: { status: 'image', image } }), 400), journey);
  expect(text).toContain('↺ rolled back');
  expect(text).toMatch(/measured +26%/);
  const note = 'these answers are of the look that found the records put back';
  expect(text.replace(/\s+/g, ' ')).toContain(`${note}; name servers and caches follow`);
  expect(shown(statusLater(rolledBack(), 400), rolledBack())).not.toContain('these answers');
});

const weekMs = 7 * 24 * 3_600_000;

test('after a rollback the view says how to begin again', () => {
  const journey = rolledBack();
  expect(shown(statusLater(journey, 400), journey)).toMatch(
    /^next +once its reason is gone, begin anew as before: shiftctl start$/m,
  );
});

test('a completed migration keeps its source until it can be forgotten, and says when that is', () => {
  const journey = new Journey().until(({ phase }) => phase.phase === 'completed');
  const status = journey.status();
  const textAt = (now: number): string =>
    statusView(status, { columns: 80, hasColor: false, now }).join('\n');
  const before = textAt(status.since + weekMs - 1);
  expect(before).toMatch(/^next +keep the source; from 2026-11-27 18:43:04 on: shiftctl forget$/m);
  expect(before).not.toContain('forget it');
  const after = textAt(status.since + weekMs);
  expect(after).toMatch(/^next +when nobody will go back: shiftctl forget; then the source may go$/m);
  expect(after).toMatch(/^forget it +shiftctl forget www\.shop\.test$/m);
  expect(after.split('\n').at(-1)).toMatch(/^roll back /);
});

test('what was rolled back can be forgotten a week later, and not before', () => {
  const journey = rolledBack();
  const status = journey.status();
  const textAt = (now: number): string =>
    statusView(status, { columns: 80, hasColor: false, now }).join('\n');
  expect(textAt(status.since + weekMs - 1)).not.toContain('forget');
  expect(textAt(status.since + weekMs)).toMatch(/^forget it +shiftctl forget www\.shop\.test$/m);
});

test('of a group that is completed every host points at the target', () => {
  const hosts = ['www.shop.test', 'api.shop.test'].map((name) => hostPlan(name));
  const completed = ({ phase }: MigrationState): boolean => phase.phase === 'completed';
  const group = new Journey(hosts).until(completed);
  expect(shown(statusLater(group, 400), group)).toContain(
    'because    every host points at the target with a',
  );
  const alone = new Journey().until(completed);
  expect(shown(statusLater(alone, 400), alone)).toContain('because    the host points at the target with a');
});
