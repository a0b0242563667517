import { expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { Engine } from '../../src/engine/engine.js';
import { tick } from '../../src/engine/tick.js';
import { value, World } from './world.js';

const never = (): Promise<never> => new Promise(() => undefined);

/** What hangs whatever it is told, and what the reading says in its place. */
const parts: [string, (engine: Engine) => Partial<Engine>, object][] = [
  [
    'the listing of the records',
    ({ zones }) => ({ zones: { ...zones, records: never } }),
    { zone: { status: 'unknown', failure: { reason: 'timeout', operation: 'ListResourceRecordSets' } } },
  ],
  [
    'the status of a change',
    ({ zones }) => ({ zones: { ...zones, changeStatus: never } }),
    { change: { status: 'unknown', failure: { reason: 'timeout', operation: 'GetChange' } } },
  ],
  [
    'the name servers',
    ({ dns }) => ({ dns: { ...dns, sample: never } }),
    {
      nameServers: [1, 2, 3, 4].map((n) => ({
        server: `ns-${n}.lab`,
        answers: {},
        failed: 25,
        marker: null,
      })),
    },
  ],
  ['the probes', ({ probes }) => ({ probes: { ...probes, collect: never } }), { probes: [] }],
  [
    'the platforms',
    () => ({ platforms: { collect: never } }),
    {
      platforms: [
        {
          side: 'source',
          name: 'unknown',
          heroku: { status: 'unknown', because: 'no answer within 4000 ms' },
        },
        { side: 'target', name: 'unknown', heroku: null },
      ],
    },
  ],
];

async function tickWith(id: string, engine: Engine): Promise<MigrationState> {
  return value(await tick(engine, id, new AbortController().signal)).state;
}

test.each(parts)(
  '%s that never answers is a failed reading, and the tick ends',
  async (_name, hang, expected) => {
    const world = new World();
    const id = await world.startedAt(-1);
    await world.runUntil(id, ({ phase }) => phase.phase === 'settling');
    const before = world.now;
    const state = await tickWith(id, { ...world.engine, ...hang(world.engine) });
    expect(state.latest).toMatchObject(expected);
    expect(world.now - before).toBeLessThan(30_000);
  },
);

test('zone, delegation and permissions that never answer leave what was seen, and are due again only later', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  world.pass(3_600_000);
  const engine = { ...world.engine, foundations: { collect: never } };
  const state = await tickWith(id, engine);
  expect(state.latest?.foundation).toMatchObject({ zone: { status: 'unknown' }, account: null });
  expect((await tickWith(id, engine)).latest).not.toHaveProperty('foundation');
});

test('the guard rolls back a failing target while everything but the probes and the write hangs', async () => {
  const world = new World();
  const id = await world.startedAt(10);
  const { zones, dns, clock } = world.engine;
  world.health.target = 'failed';
  const engine: Engine = {
    ...world.engine,
    // All parts are waited for at the same time, so that what they wait does not add up.
    clock: {
      ...clock,
      now: () => clock.now(),
      sleep: () => new Promise((resolve) => void setImmediate(resolve)),
    },
    zones: { ...zones, changeStatus: never, records: never },
    dns: { ...dns, sample: never },
    platforms: { collect: never },
    foundations: { collect: never },
  };
  let phase = '';
  for (let count = 0; count < 6 && phase !== 'draining'; count += 1) {
    phase = (await tickWith(id, engine)).phase.phase;
    world.pass(4_000);
  }
  expect(phase).toBe('draining');
});
