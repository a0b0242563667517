import { describe, expect, test } from 'vitest';
import type { Event, JournalEntry } from '../../src/core/event.js';
import { rollbackIntent } from '../../src/core/intent-factory.js';
import { replay } from '../../src/core/migration.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { instant } from '../../src/core/time.js';
import { Journal } from '../../src/engine/journal.js';
import { herokuTarget, member, World, www } from './world.js';

/** Whole migrations whose journals have something to leave out. */
const stories: Record<string, (world: World) => Promise<string>> = {
  'a healthy migration': async (world) => {
    const id = await world.startedAt(-1);
    await world.runToEnd(id);
    return id;
  },
  'one that rolled itself back': async (world) => {
    const id = await world.startedAt(25);
    world.health.target = 'failed';
    await world.runToEnd(id);
    return id;
  },
  'one that somebody put back by hand': async (world) => {
    const id = await world.startedAt(25);
    world.write([
      { action: 'UPSERT', record: member('source', 100) },
      { action: 'UPSERT', record: member('target', 0) },
    ]);
    await world.runUntil(id, (state) => state.phase.phase === 'rolled-back');
    return id;
  },
  'one with a lost reply': async (world) => {
    const id = await world.startedAt(10);
    world.faults.dropReply = 1;
    await world.runToEnd(id);
    return id;
  },
};

function isTurn(entries: readonly JournalEntry[], index: number): boolean {
  return entries[index]?.event.type !== 'observed' || entries[index + 1]?.event.type !== 'observed';
}

/** What a rollback's first write is made of. */
function deciding(state: MigrationState): unknown {
  const { phase, image, share, generation, intents, openIntent, plan } = state;
  const batch =
    intents.length === 0
      ? null
      : rollbackIntent(state, { at: instant(0), nextIntentId: 'n', journalHead: 'h' }).batch;
  return { phase, image, share, generation, intents, openIntent, plan, batch };
}

describe.each(Object.entries(stories))('after any entry of the journal of %s', (_, play) => {
  test('what was read in haste decides what the whole journal decides', async () => {
    const world = new World();
    const id = await play(world);
    const entries = await world.store.read(id, 0);
    let leftOut = 0;
    for (let end = 1; end <= entries.length; end += 1) {
      const seen = entries.slice(0, end);
      const turns = seen.filter((_entry, index) => isTurn(seen, index));
      leftOut = seen.length - turns.length;
      const events = (some: readonly JournalEntry[]): Event[] => some.map(({ event }) => event);
      expect(deciding(replay(events(turns))), `entry ${end}`).toEqual(deciding(replay(events(seen))));
    }
    expect(leftOut).toBeGreaterThan(0);
  });
});

describe('a rollback that somebody asks for', () => {
  test('reads the ticks only when it has been accepted, and knows all then', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.ticks(id, 3);
    const read: string[] = [];
    const { store } = world;
    const plain = store.read.bind(store);
    store.read = (migrationId, after, which) => {
      if (after === 0) read.push(which ?? 'all');
      return plain(migrationId, after, which);
    };
    world.onCall = (call, when) => {
      if (call === 'change' && when === 'before') read.push('call');
    };
    const state = await world.rollBack(id);
    expect(read.slice(0, 3)).toEqual(['turns', 'call', 'all']);
    const events = (await plain(id, 0)).map(({ event }) => event);
    expect(state).toEqual(replay(events));
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('goes on from the turns where the whole can no longer be read, and says so', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const { store } = world;
    const plain = store.read.bind(store);
    store.read = (migrationId, after, which) =>
      which === 'turns'
        ? plain(migrationId, after, which)
        : Promise.reject(new Error('its hash does not fit'));
    const state = await world.rollBack(id);
    expect(state.phase.phase).toBe('draining');
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.warnings.join()).toContain('the journal cannot be read whole (its hash does not fit)');
  });

  test('reads the whole at once where the turns alone cannot be understood', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    const { store } = world;
    const plain = store.read.bind(store);
    store.read = async (migrationId, after, which) =>
      (await plain(migrationId, after, which)).slice(which === 'turns' ? 1 : 0);
    const journal = await Journal.openInHaste(world.engine.store, id, null);
    expect(journal.state).toEqual((await Journal.open(world.engine.store, id, null)).state);
  });

  test('counts what could not be stored on top of what is read afterwards', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    world.storeFaults.writes = 'reject';
    const state = await world.rollBack(id);
    expect(state.phase.phase).toBe('draining');
    const stored = replay((await world.journal(id)).map(({ event }) => event));
    expect(state.probes).toEqual(stored.probes);
    expect(stored.phase.phase).toBe('observing');
  });
});
