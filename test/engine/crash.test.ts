import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/core/migration-state.js';
import { isLive } from '../../src/core/phase.js';
import type { Engine } from '../../src/engine/engine.js';
import { requestRollback } from '../../src/engine/operator.js';
import { tick } from '../../src/engine/tick.js';
import {
  albTarget,
  cname,
  herokuTarget,
  operator,
  policyOf,
  policyText,
  value,
  World,
  www,
} from './world.js';
import { ZoneWatch } from './zone-watch.js';

const marker = `_shift.${www}`;
const stages = [10, 50, 100];
const quick = policyText
  .replace('[10, 25, 50, 100]', JSON.stringify(stages))
  .replace('dwell: 6s', 'dwell: 1s')
  .replace('bake: 10s', 'bake: 1s')
  .replace('ttl: 2s', 'ttl: 1s')
  .replace('tail: 1s', 'tail: 0s')
  .replace('failed: 3 of 6', 'failed: 1 of 1');

class Killed extends Error {}

/** Processes of which each is killed at a chosen call, dead for good from then on, and followed by a new one. */
class Processes {
  engine: Engine;
  calls = 0;
  deaths = 0;
  readonly watch: ZoneWatch;
  private killAt = Infinity;
  private isDead = false;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    this.engine = world.engineOf('process-0');
    this.watch = new ZoneWatch(world, stages);
    world.onCall = (call) => {
      this.watch.look();
      // Dying at a read is dying before whatever comes next.
      if (call !== 'records' && (this.calls += 1) === this.killAt) this.isDead = true;
      if (this.isDead) throw new Killed();
    };
  }

  killAtCall(count: number): void {
    this.calls = 0;
    this.killAt = count;
  }

  /** Does the work; when the process dies in it, the next one takes over and null is returned. */
  async run<T>(work: (engine: Engine) => Promise<T>): Promise<T | null> {
    try {
      const done = await work(this.engine);
      if (this.isDead) throw new Killed();
      return done;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.world.gone.add(this.engine.holder.name);
      this.deaths += 1;
      this.isDead = false;
      this.engine = this.world.engineOf(`process-${String(this.deaths)}`);
      return null;
    } finally {
      this.watch.look();
    }
  }

  async toEnd(id: string): Promise<MigrationState> {
    for (let ticks = 0; ticks < 120; ticks += 1) {
      const outcome = await this.run((engine) => tick(engine, id, new AbortController().signal));
      this.world.pass(1_000);
      if (outcome?.ok === true && !isLive(outcome.value.state.phase)) return outcome.value.state;
    }
    throw new Error('it never ended');
  }
}

/** Plays it again and again, killed at its first call, at its second, and so on until it ends without having been killed. */
async function killedEverywhere(play: (killAt: number) => Promise<Processes>): Promise<number> {
  for (let killAt = 1; killAt < 400; killAt += 1) {
    const { deaths } = await play(killAt);
    if (deaths === 0) return killAt - 1;
    expect(deaths).toBe(1);
  }
  throw new Error('it never got through');
}

describe('fault 60: a process that is killed', () => {
  test('at any call of a whole migration: every stage is written exactly once, and it completes', async () => {
    const calls = await killedEverywhere(async (killAt) => {
      const world = new World([cname(www, herokuTarget, 1)]);
      const { plan } = await world.start({ policy: policyOf(quick) });
      const processes = new Processes(world);
      processes.killAtCall(killAt);
      const state = await processes.toEnd(plan.id);
      expect(state.phase.phase).toBe('completed');
      expect(world.standing(www)).toEqual([`CNAME ${albTarget} 1`]);
      expect(world.standing(marker).join()).toContain('state=ended gen=5');
      expect(world.batches).toHaveLength(5);
      expect(processes.watch.shares).toEqual([0, 10, 50, 100]);
      return processes;
    });
    expect(calls).toBeGreaterThan(40);
  });

  test.each(['guard', 'operator'])(
    'at any call of a rollback by the %s: it ends on the plain record',
    async (by) => {
      const calls = await killedEverywhere(async (killAt) => {
        const world = new World();
        const id = await world.startedAt(50, { policy: policyOf(quick) });
        const processes = new Processes(world);
        processes.killAtCall(killAt);
        if (by === 'guard') world.health.target = 'failed';
        for (let tries = 0; by === 'operator' && tries < 2; tries += 1) {
          const done = await processes.run((engine) =>
            requestRollback(engine, id, operator, new AbortController().signal),
          );
          if (done !== null) break;
        }
        const { phase } = await processes.toEnd(id);
        expect(phase).toMatchObject({ phase: 'rolled-back' });
        expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 1`]);
        expect(world.standing(marker).join()).toContain('state=ended');
        expect(processes.watch.shares).toEqual([50, 0]);
        return processes;
      });
      expect(calls).toBeGreaterThan(8);
    },
  );

  test('at any call of a rollback that has to read first, because someone changed a weight', async () => {
    const calls = await killedEverywhere(async (killAt) => {
      const world = new World();
      const id = await world.startedAt(50, { policy: policyOf(quick) });
      const [, target] = (world.zones.records(world.zoneId) ?? []).filter(({ name }) => name === www);
      world.write([{ action: 'UPSERT', record: { ...target!, weight: 60 } }]);
      const processes = new Processes(world);
      processes.killAtCall(killAt);
      world.health.target = 'failed';
      const { phase } = await processes.toEnd(id);
      expect(phase).toMatchObject({ phase: 'rolled-back' });
      expect(world.standing(www)).toEqual([`CNAME ${herokuTarget} 1`]);
      return processes;
    });
    expect(calls).toBeGreaterThan(8);
  });
});

describe('a process', () => {
  test('leaves its lease to nobody while it may still live, and to the next at once when it is gone', async () => {
    const world = new World();
    const { plan } = await world.start();
    const signal = new AbortController().signal;
    value(await tick(world.engineOf('a'), plan.id, signal));
    expect(await tick(world.engineOf('b'), plan.id, signal)).toMatchObject({
      ok: false,
      error: { reason: 'held-by-another', message: 'another process is at work on it (a)' },
    });
    world.gone.add('a');
    expect((await tick(world.engineOf('b'), plan.id, signal)).ok).toBe(true);
  });
});
