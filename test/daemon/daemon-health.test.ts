import { expect, test } from 'vitest';
import { daemonHealth, healthLine } from '../../src/daemon/daemon-health.js';
import type { TickAge } from '../../src/engine/tick-age.js';

const age: TickAge = {
  id: 'm1',
  hosts: ['www.example.com.'],
  phase: 'observing',
  lastTickAgeMs: 20_000,
  isOverdue: false,
  hanging: 0,
};
const well = { lastWakeAgeMs: 900, gaps: 0, trouble: null, migrations: [age] };

test('a daemon that wakes up and whose migrations are looked after is healthy', () => {
  const health = daemonHealth(well);
  expect(health).toMatchObject({ version: 1, healthy: true, stuck: false, problems: [] });
  expect(healthLine(health)).toBe('1 live migration');
});

test('without any migration it is healthy as well', () => {
  expect(healthLine(daemonHealth({ ...well, migrations: [] }))).toBe('0 live migrations');
});

test.each([
  ['before the first look', { ...well, lastWakeAgeMs: null }, 'has not looked at its migrations yet', false],
  ['when it does not wake up', { ...well, lastWakeAgeMs: 31_000 }, 'has not looked for 31 s', true],
  ['when the list cannot be read', { ...well, trouble: 'the disk is gone' }, 'the disk is gone', false],
  [
    'when a migration is overdue',
    { ...well, migrations: [{ ...age, isOverdue: true, lastTickAgeMs: 200_000 }] },
    'm1: overdue, nobody has looked for 200 s',
    false,
  ],
  [
    'when a journal cannot be read',
    { ...well, migrations: [{ ...age, isOverdue: true, phase: 'unreadable' as const }] },
    'm1: its journal cannot be read',
    false,
  ],
  ['when ticks hang', { ...well, migrations: [{ ...age, hanging: 3 }] }, 'm1: its ticks hang', true],
])('%s it is not, and says why', (_name, seen, problem, stuck) => {
  const health = daemonHealth(seen);
  expect(health).toMatchObject({ healthy: false, stuck });
  expect(health.problems.join().replace(' at its migrations for', ' for')).toContain(problem);
  expect(healthLine(health)).toContain('1 live migration; ');
});

test('what is only to be looked at is a warning, and no reason to restart or to page', () => {
  const health = daemonHealth({ ...well, warning: 'no snapshot of the state could be made: ENOSPC' });
  expect(health).toMatchObject({
    healthy: true,
    stuck: false,
    problems: [],
    warnings: ['no snapshot of the state could be made: ENOSPC'],
  });
});
