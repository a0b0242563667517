import { describe, expect, test } from 'vitest';
import { proofRecord } from '../../../src/core/cas-proof.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { err } from '../../../src/core/result.js';
import type { Check } from '../../../src/engine/check.js';
import type { ZoneApi } from '../../../src/engine/ports.js';
import { proveCompareAndSwap } from '../../../src/engine/preflight/prove.js';
import { providerFailure, World, www } from '../world.js';

const at = '_shift-test.www.example.com.';
const never = new AbortController().signal;

type Change = ZoneApi['change'];

/** A proof in a world whose changes may be tampered with. */
async function prove(world: World, change: (real: Change) => Change = (real) => real): Promise<Check> {
  const { zones, clock, ids } = world.engine;
  const tampered = { ...zones, change: change((...args) => zones.change(...args)) };
  return proveCompareAndSwap({ zones: tampered, clock, ids }, await world.plan(), never);
}

/** Calls this instead of the real thing for one call, counted from 1. */
function nth(
  count: number,
  instead: (real: Change, ...args: Parameters<Change>) => ReturnType<Change>,
): (real: Change) => Change {
  let calls = 0;
  return (real: Change): Change =>
    (...args) =>
      (calls += 1) === count ? instead(real, ...args) : real(...args);
}

function everything(world: World): unknown {
  return world.zones.records(world.zoneId);
}

describe('the proof that a stale compare-and-swap is refused', () => {
  test('writes one test record, tries to delete it under a wrong weight, and leaves the zone as it was', async () => {
    const world = new World();
    const before = everything(world);
    expect(await prove(world)).toMatchObject({ verdict: 'ok', name: 'compare-and-swap' });
    expect(everything(world)).toEqual(before);
    const written = world.batches.flatMap(({ changes }) =>
      changes.map(({ action, record }) => `${action} ${record.type} ${record.name} ${record.weight ?? ''}`),
    );
    expect(written).toEqual([`CREATE TXT ${at} 1`, `DELETE TXT ${at} 1`]);
  });

  test('refuses a start where the wrong DELETE is accepted', async () => {
    const world = new World();
    const lax = nth(2, (real, zoneId, batch, ...rest) => {
      const changes = batch.changes.map(({ action, record }) => ({
        action,
        record: { ...record, weight: world.batches[0]!.changes[0]!.record.weight },
      }));
      return real(zoneId, { ...batch, changes }, ...rest);
    });
    const check = await prove(world, lax);
    expect(check.verdict).toBe('refused');
    expect(check.fact).toContain('accepted a DELETE with a wrong weight');
    expect(world.standing(at)).toEqual([]);
  });

  test.each([1, 2])('refuses, and removes its record, when the answer to call %s is lost', async (count) => {
    const world = new World();
    const lost = nth(count, async (real, ...args) => {
      await real(...args);
      return err(providerFailure('timeout'));
    });
    expect((await prove(world, lost)).verdict).toBe('refused');
    expect(world.standing(at)).toEqual([]);
  });

  test('goes on where Route 53 was only busy', async () => {
    const world = new World();
    const busy = nth(1, () => Promise.resolve(err(providerFailure('busy'))));
    expect((await prove(world, busy)).verdict).toBe('ok');
  });

  test('removes what a killed process has left, and then proves', async () => {
    const world = new World();
    const left = proofRecord(www, 'before');
    await world.apply({ changes: [{ action: 'CREATE', record: left }], comment: '' });
    expect(world.standing(at)).toHaveLength(1);
    expect((await prove(world)).verdict).toBe('ok');
    expect(world.standing(at)).toEqual([]);
  });

  test('cleans up even when the program is told to stop in between', async () => {
    const world = new World();
    const { zones, clock, ids } = world.engine;
    const stop = new AbortController();
    const change: Change = async (...args) => {
      const result = await zones.change(...args);
      stop.abort();
      return result;
    };
    const plan = await world.plan();
    const check = await proveCompareAndSwap({ zones: { ...zones, change }, clock, ids }, plan, stop.signal);
    expect(check).toMatchObject({
      verdict: 'unknown',
      fact: expect.stringContaining('told to stop') as string,
    });
    expect(world.standing(at)).toEqual([]);
  });

  test('is unknown, and writes nothing, when the program was told to stop before it', async () => {
    const world = new World();
    const { zones, clock, ids } = world.engine;
    const check = await proveCompareAndSwap({ zones, clock, ids }, await world.plan(), AbortSignal.abort());
    expect(check.verdict).toBe('unknown');
    expect(world.batches).toEqual([]);
  });

  test('that was stopped says where its record may still stand', async () => {
    const world = new World();
    const { zones, clock, ids } = world.engine;
    const stop = new AbortController();
    const change: Change = async (...args) => {
      if (stop.signal.aborted) return err(providerFailure('denied'));
      const result = await zones.change(...args);
      stop.abort();
      return result;
    };
    const plan = await world.plan();
    const check = await proveCompareAndSwap({ zones: { ...zones, change }, clock, ids }, plan, stop.signal);
    expect(check.verdict).toBe('unknown');
    expect(check.fact).toContain('may still stand');
  });

  test('that saw the wrong DELETE accepted refuses, told to stop or not', async () => {
    const world = new World();
    const { zones, clock, ids } = world.engine;
    const stop = new AbortController();
    let created: Awaited<ReturnType<Change>> | null = null;
    const change: Change = async (...args) => {
      if (created === null) return (created = await zones.change(...args));
      if (stop.signal.aborted) return zones.change(...args);
      stop.abort();
      return created;
    };
    const plan = await world.plan();
    const check = await proveCompareAndSwap({ zones: { ...zones, change }, clock, ids }, plan, stop.signal);
    expect(check.verdict).toBe('refused');
  });

  test('says so when its record may still stand', async () => {
    const world = new World();
    const stuck =
      (real: Change): Change =>
      (zoneId, batch, ...rest) =>
        batch.changes.some(({ action, record }) => action === 'DELETE' && record.weight === 1)
          ? Promise.resolve(err(providerFailure('denied')))
          : real(zoneId, batch, ...rest);
    const check = await prove(world, stuck);
    expect(check).toMatchObject({ verdict: 'refused' });
    expect(check.fact).toContain('the test record at _shift-test.www.example.com may still stand');
  });

  test('touches nothing that somebody else has put there', async () => {
    const foreign = { name: at as RecordName, type: 'TXT', ttl: 60, values: ['"not ours"'] };
    const world = new World();
    world.write([{ action: 'CREATE', record: foreign }]);
    const check = await prove(world);
    expect(check.verdict).toBe('refused');
    expect(check.fact).toContain('never touched');
    expect(world.batches).toEqual([]);
    expect(world.standing(at)).toHaveLength(1);
  });

  test('is not made while the zone cannot be read', async () => {
    const world = new World();
    const { zones, clock, ids } = world.engine;
    const plan = await world.plan();
    const blind: ZoneApi = { ...zones, records: () => Promise.resolve(err(providerFailure('unavailable'))) };
    const check = await proveCompareAndSwap({ zones: blind, clock, ids }, plan, never);
    expect(check.verdict).toBe('refused');
    expect(world.batches).toEqual([]);
  });
});
