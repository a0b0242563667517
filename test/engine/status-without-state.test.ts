import { describe, expect, test } from 'vitest';
import { zoneStatusView } from '../../src/cli/render/zone-status-view.js';
import { statusWithoutState } from '../../src/engine/status-without-state.js';
import { value, World, www } from './world.js';

describe('a status without the journal', () => {
  test('tells the share by the weights and, before it is due, that the controller has time left', async () => {
    const world = new World();
    await world.startedAt(25);
    const found = value(await statusWithoutState(world.engine, www, null));
    expect(found).toMatchObject({ state: 'live', overdueMs: null, hosts: [{ share: 25 }] });
    expect(zoneStatusView(found).join('\n')).toContain('25 % at the target, by weight');
  });

  test('tells that a controller which has stopped is overdue, and what to type', async () => {
    const world = new World();
    await world.startedAt(25);
    world.pass(7 * 24 * 3_600_000);
    const found = value(await statusWithoutState(world.engine, www, null));
    expect(found.overdueMs).toBeGreaterThan(24 * 3_600_000);
    const text = zoneStatusView(found).join('\n');
    expect(text).toContain('the controller is overdue by');
    expect(text).toContain('shiftctl rollback www.example.com --no-state');
  });

  test('never calls an ended migration overdue', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await world.rollBack(id);
    await world.runToEnd(id);
    world.pass(7 * 24 * 3_600_000);
    expect(value(await statusWithoutState(world.engine, www, null))).toMatchObject({
      state: 'ended',
      overdueMs: null,
    });
  });

  test('refuses a host without a marker, and writes nothing', async () => {
    const world = new World();
    const found = await statusWithoutState(world.engine, www, null);
    expect(found).toMatchObject({ ok: false, error: { reason: 'refused', check: 'marker' } });
    expect(world.batches).toEqual([]);
  });
});
