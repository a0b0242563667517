import { expect } from 'vitest';
import { openStore } from '../../src/compose/store.js';
import { readConfig } from '../../src/config.js';
import type { Event } from '../../src/core/event.js';
import { replay } from '../../src/core/migration.js';
import { isLive } from '../../src/core/phase.js';

/** Stores a journal in a state directory as the engine would, in one step after its plan. */
export async function keepJournal(directory: string, events: readonly Event[]): Promise<void> {
  const [first, ...rest] = events;
  if (first?.type !== 'migration-planned') throw new Error('a journal begins with its plan');
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => false };
  const config = readConfig({}, { stateDir: directory }, surroundings);
  if (!config.ok) throw new Error('no configuration');
  const { id, hosts } = first.plan;
  const row = { id, hosts: hosts.map(({ host }) => host), live: true, createdAt: first.at };
  await using store = await openStore(config.value, false);
  await store.create(row, first, first.at);
  if (rest.length === 0) return;
  const live = isLive(replay(events).phase);
  const step = { migrationId: id, events: rest, at: first.at, live, epoch: null, expectedSequence: 1 };
  expect(await store.append(step)).toMatchObject({ ok: true });
}
