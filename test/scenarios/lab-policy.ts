import { expect } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { WatchedMigration } from './watched-migration.js';

/** INSYNC of the lab, and what a busy machine adds. */
export const propagationMs = 1_250;

/** How far the users' share may be from the set one: two hundred resolvers draw, and a few keep old answers. */
export const usersTolerance = 12;

/** The shares that were observed, in order. */
export function sharesObserved(events: readonly Event[]): readonly number[] {
  let share = 0;
  return events.flatMap((event) => {
    if (event.type === 'intent-opened') share = event.intent.share;
    return event.type === 'settled' ? [share] : [];
  });
}

/** The journal is whole, and says for every step and every stop why. */
export async function expectReasons(migration: WatchedMigration): Promise<void> {
  const { code, stdout } = await migration.verb('history', migration.lab.host, '-o', 'json');
  expect(code).toBe(0);
  const { entries } = JSON.parse(stdout) as { entries: { event: Event }[] };
  const reasons = entries.flatMap(({ event }) => ('because' in event ? [event.because] : []));
  expect(reasons.length).toBeGreaterThanOrEqual(4);
  for (const reason of reasons) expect(reason).toMatch(/\w{3}/);
  const told = await migration.verb('history', migration.lab.host, '--verify');
  expect(told.code).toBe(0);
  for (const reason of reasons) expect(told.stdout).toContain(reason);
  expect(told.stdout).toContain('the hash chain is whole');
}
