import { expect, test } from 'vitest';
import { Migrations } from '../../src/engine/migrations.js';
import type { ZoneApi } from '../../src/engine/ports.js';
import { operator, value, World, www } from './world.js';

const signal = new AbortController().signal;

test('fault 4: a rollback makes its calls in its own turn, however long the line of all others is', async () => {
  const world = new World();
  const id = await world.startedAt(25);
  const waiting = (): Promise<never> => new Promise(() => undefined);
  const zones: ZoneApi = { zonesFor: waiting, records: waiting, change: waiting, changeStatus: waiting };
  const migrations = new Migrations({ ...world.engine, zones, urgentZones: world.engine.zones });
  // The first try is lost, so that the reading after it is needed too.
  world.faults.dropReply = 1;
  const { phase } = value(await migrations.rollBack(id, operator, signal));
  expect(phase.phase).toBe('draining');
  expect(world.standing(www)).toHaveLength(1);
});
