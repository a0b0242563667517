import { describe, expect, test } from 'vitest';
import { eventText } from '../../src/cli/render/event-line.js';
import { hostsAfterRollback } from '../../src/core/hosts-after-rollback.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { hostName } from '../../src/core/record-name.js';
import { describeRollbackTimes } from '../../src/core/rollback-times.js';
import { cname, herokuTarget, move, providerFailure, value, World, www } from './world.js';

async function back(world: World, id: string): Promise<MigrationState> {
  await world.rollBack(id);
  return world.runToEnd(id);
}

describe('a rollback', () => {
  test('of a group puts back every host that may be written, and says of each what became of it', async () => {
    const api = value(hostName('api.example.com'));
    const world = new World([cname(www, herokuTarget, 5), cname(api, herokuTarget, 5)]);
    const id = await world.startedAt(25, { hosts: [move(www), move(api)] });
    world.faults.failOnly = www;
    world.faults.failChange = providerFailure('denied');
    let calls = 0;
    const whileDenied: string[][] = [];
    world.onCall = (call, when) => {
      if (call !== 'change' || when !== 'before' || (calls += 1) < 6) return;
      whileDenied.push([...world.standing(api)]);
      world.faults.failChange = null;
    };
    const state = await back(world, id);
    expect(whileDenied[0]).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 2`]);
    expect(hostsAfterRollback(state)).toEqual({
      back: ['www', 'api'].map((name) => `${name}.example.com goes back to the source, heroku:my-app`),
      untouched: [],
    });
  });

  test('tells the same times to whoever is notified, reads the history or waited', async () => {
    const world = new World();
    const id = await world.startedAt(25);
    await back(world, id);
    const event = (await world.journal(id))
      .map((entry) => entry.event)
      .find(({ type }) => type === 'rolled-back');
    if (event?.type !== 'rolled-back' || event.times === undefined) throw new Error('no times');
    const words = describeRollbackTimes(event.times);
    expect(words).toMatch(
      /^Route 53 took .* request, .* \(INSYNC\) after .* \(clean\) after .*, and caches .* after \S+$/,
    );
    expect(eventText(event)).toContain(words);
    const { phase } = await world.state(id);
    expect(phase).toMatchObject({ times: event.times });
  });
});
