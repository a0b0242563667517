import { expect, test } from 'vitest';
import { requestRollback } from '../../src/engine/operator.js';
import { herokuTarget, operator, providerFailure, World, www } from './world.js';
import { marker, rewriteMarker } from './zone-edits.js';

const signal = new AbortController().signal;

test.each(['append', 'change'] as const)(
  'two processes that roll back at once, the second in between at any %s, both return and leave the plain record',
  async (at) => {
    for (let count = 1; count <= 4; count += 1) {
      const world = new World();
      const id = await world.startedAt(25);
      const second = world.engineOf('second');
      let calls = 0;
      world.onCall = async (call) => {
        if (call !== at || (calls += 1) !== count) return;
        expect((await requestRollback(second, id, operator, signal)).ok).toBe(true);
      };
      const { ok } = await world.migrations.rollBack(id, operator, signal);
      expect(ok).toBe(true);
      world.onCall = () => undefined;
      world.gone.add('second');
      expect((await world.runToEnd(id)).phase.phase).toBe('rolled-back');
      expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    }
  },
);

test("an automatic rollback that cannot read the zone does not write over another controller's marker", async () => {
  const world = new World();
  const id = await world.startedAt(25);
  world.faults.failRead = providerFailure('timeout');
  world.health.target = 'failed';
  rewriteMarker(world, (text) => text.replace(/ id=\S+/, ' id=other-1').replace(/ intent=\S+/, ' intent=x'));
  const stood = [...world.standing(www), ...world.standing(marker)];
  const stop = new AbortController();
  let calls = 0;
  world.onCall = (call) => call === 'change' && (calls += 1) > 4 && stop.abort();
  for (let ticks = 0; ticks < 6; ticks += 1) {
    await world.migrations.tickOnce(id, stop.signal);
    world.pass(1_000);
  }
  expect(calls).toBeGreaterThan(2);
  expect([...world.standing(www), ...world.standing(marker)]).toEqual(stood);
});

test('an automatic rollback that cannot read the zone drains its own pair, whichever of its writes stands there', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  world.faults.dropReply = 1;
  const before = world.batches.length;
  await world.runUntil(id, () => world.batches.length > before);
  world.faults.failRead = providerFailure('timeout');
  world.faults.failChange = null;
  world.health.target = 'failed';
  const stop = new AbortController();
  world.onCall = () => world.standing(www).some((line) => line.includes('shift-target 0')) && stop.abort();
  for (let ticks = 0; ticks < 8 && !stop.signal.aborted; ticks += 1) {
    await world.migrations.tickOnce(id, stop.signal);
    world.pass(1_000);
  }
  expect(world.standing(www).join()).toContain('shift-target 0');
});
