import { expect, test } from 'vitest';
import { migrationReport } from '../../../src/core/report/migration-report.js';
import { shareSeries } from '../../../src/core/report/share-series.js';
import { replay } from '../../../src/core/migration.js';
import { probeSeries, userSeries } from '../../../src/core/report/side-series.js';
import { plus } from '../../../src/core/time.js';
import { isObserving, Journey } from '../../cli/render/journey.js';
import { completed, rolledBackByUsers } from './journeys.js';

test('the set share steps up with each accepted write, and the measured one follows', () => {
  const points = shareSeries(completed().events);
  const steps = points.filter(({ set }, index) => set !== points[index - 1]?.set).map(({ set }) => set);
  expect(steps).toEqual([0, 10, 25, 50, 100]);
  expect(points.at(-1)?.measured).toBe(100);
});

test('while no name server answers, the measured share is unknown and not zero', () => {
  const journey = new Journey().until(isObserving(25));
  const last = journey.events.findLast((event) => event.type === 'observed');
  if (last?.type !== 'observed') throw new Error('nothing was observed');
  const silent = { ...last.observation, nameServers: [] };
  const points = shareSeries([...journey.events, { ...last, observation: silent }]);
  expect(points.at(-1)).toMatchObject({ set: 25, measured: null });
});

test('a long calm is two points, and however long a migration is, no chart gets more than it can show', () => {
  const journey = new Journey().until(isObserving(10));
  const calm = journey.events.findLast((event) => event.type === 'observed');
  if (calm?.type !== 'observed') throw new Error('nothing was observed');
  const later = (second: number, target: number): typeof calm => {
    const at = plus(calm.at, second * 1_000);
    const nameServers = calm.observation.nameServers.map((reading) => ({
      ...reading,
      answers: Object.fromEntries(
        Object.keys(reading.answers).map((name, side) => [name, side === 0 ? 20 : target]),
      ),
    }));
    return { ...calm, at, observation: { ...calm.observation, at, nameServers } };
  };
  const calmDay = Array.from({ length: 5_000 }, (_, second) => later(second + 1, 5));
  expect(shareSeries([...journey.events, ...calmDay]).length).toBeLessThan(20);
  const restless = Array.from({ length: 5_000 }, (_, second) => later(second + 1, second % 7));
  const points = shareSeries([...journey.events, ...restless]);
  expect(points.length).toBeLessThan(1_020);
  expect(points.map(({ set }) => set)).toContain(10);
});

test('no request is lost when buckets are added up', () => {
  const journey = rolledBackByUsers();
  const state = replay(journey.events);
  const users = userSeries(state);
  const total = (side: string): number =>
    users
      .filter((one) => one.side === side)
      .flatMap(({ points }) => points)
      .reduce((sum, { n }) => sum + n, 0);
  const seconds = journey.events.filter(({ type }) => type === 'observed').length;
  expect(total('source') + total('target')).toBe(400 * seconds);
  expect(users.flatMap(({ points }) => points).every(({ n, e }) => e <= n && n > 0)).toBe(true);
  expect(probeSeries(state).map(({ side }) => side)).toEqual(['source', 'target']);
});

test('a host that nobody measures has no series of users', () => {
  const journey = completed();
  expect(userSeries(replay(journey.events))).toEqual([]);
});

test('a report is the same whenever it is made from the same journal at the same time, and survives JSON', () => {
  const { events, now } = rolledBackByUsers(['www.shop.test', 'api.shop.test']);
  const report = migrationReport(events, now);
  expect(report).toEqual(migrationReport(events, now));
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.events.some(({ type }) => type === 'observed')).toBe(false);
  expect(report.users).toHaveLength(4);
});
