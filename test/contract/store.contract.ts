import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { plus } from '../../src/core/time.js';
import type { Lease, RecordStep, Store } from '../../src/engine/ports.js';
import { verifyChain } from '../../src/store/hash-chain.js';
import { noted, intentOpened, json, migration, planned, start, step } from '../store/samples.js';

/** What the engine relies on, whatever keeps the journal. `openStore` opens a new and empty one. */
export function storeContract(title: string, openStore: () => Promise<Store>): void {
  describe(`${title} keeps the contract of the store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
    });

    async function begin(id: string, hosts?: readonly string[]): Promise<void> {
      const row = migration(id, hosts);
      expect(await store.create(row, planned(row), start)).toMatchObject({ ok: true });
    }

    async function append(...args: Parameters<typeof step>): Promise<number> {
      const result = await store.append(step(...args));
      expect(result).toMatchObject({ ok: true });
      return result.ok ? (result.value.at(-1)?.sequence ?? 0) : 0;
    }

    async function texts(id: string): Promise<string[]> {
      const entries = await store.read(id, 0);
      return entries.flatMap(({ event }) => ('because' in event ? [event.because] : []));
    }

    describe('journal', () => {
      test('a new store is empty', async () => {
        expect(await store.list()).toEqual([]);
        expect(await store.read('m1', 0)).toEqual([]);
      });

      test('what a write returns is what is read, numbered from 1, chained, and equal to what was given', async () => {
        const row = migration('m1');
        const events = [intentOpened('i1'), noted('waits')];
        const first = await store.create(row, planned(row), start);
        const second = await store.append(step('m1', 1, events));
        const entries = await store.read('m1', 0);
        expect(first.ok && second.ok && [...first.value, ...second.value]).toEqual(entries);
        expect(entries.map((entry) => entry.sequence)).toEqual([1, 2, 3]);
        expect(entries.map((entry) => entry.event)).toEqual([planned(row), ...events]);
        expect(verifyChain(entries)).toBeNull();
      });

      test('any text and any JSON comes back as it was given', async () => {
        await begin('m1');
        let sequence = 1;
        const codeUnits = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
        await fc.assert(
          fc.asyncProperty(codeUnits, json, async (units, value) => {
            const event = { ...noted(String.fromCharCode(...units)), value } as unknown as Event;
            sequence = await append('m1', sequence, [event]);
            expect((await store.read('m1', sequence - 1)).map((entry) => entry.event)).toEqual([event]);
          }),
          { numRuns: 50 },
        );
      });

      test('a value that JSON would change is refused, and nothing of the step is stored', async () => {
        await begin('m1');
        const impossible: Event = { type: 'gap-found', at: start, gapMs: Number.NaN, because: 'clock' };
        await expect(store.append(step('m1', 1, [noted('a'), impossible]))).rejects.toThrow(/\$\.gapMs/);
        expect(await store.read('m1', 1)).toEqual([]);
      });

      test('changing what was given or returned does not change the journal', async () => {
        await begin('m1');
        const event = { ...noted('as given') };
        const result = await store.append(step('m1', 1, [event]));
        Object.assign(event, { because: 'changed' });
        if (result.ok) Object.assign(result.value[0]!.event, { because: 'changed' });
        Object.assign((await store.read('m1', 1))[0]!.event, { because: 'changed' });
        expect(await texts('m1')).toEqual(['as given']);
      });

      test('reading goes on after a sequence', async () => {
        await begin('m1');
        await append('m1', 1, [noted('a'), noted('b'), noted('c')]);
        expect((await store.read('m1', 2)).map((entry) => entry.sequence)).toEqual([3, 4]);
        expect(await store.read('m1', 4)).toEqual([]);
      });

      test('of the readings of ticks only those that something followed, and the newest, are turns', async () => {
        await begin('m1');
        const reading = { type: 'observed', at: start, observation: {} } as unknown as Event;
        await append('m1', 1, [reading, reading, noted('a'), noted('b'), reading, reading, reading]);
        const all = await store.read('m1', 0);
        expect(await store.read('m1', 0, 'turns')).toEqual(
          all.filter(({ sequence }) => [1, 3, 4, 5, 8].includes(sequence)),
        );
        expect((await store.read('m1', 5, 'turns')).map(({ sequence }) => sequence)).toEqual([8]);
        expect(await store.read('m2', 0, 'turns')).toEqual([]);
      });

      test('each migration has its own sequence and chain', async () => {
        await begin('m1');
        await begin('m2');
        await append('m1', 1, [noted('one')]);
        await append('m2', 1, [noted('two')]);
        expect(await texts('m1')).toEqual(['one']);
        expect(verifyChain(await store.read('m2', 0))).toBeNull();
      });

      test('a write that has not seen the last entry is refused whole', async () => {
        await begin('m1');
        await append('m1', 1, [noted('first')]);
        for (const expected of [0, 1, 3]) {
          const late = await store.append(step('m1', expected, [noted('late'), noted('later')]));
          expect(late).toEqual({ ok: false, error: { reason: 'sequence', expected, actual: 2 } });
        }
        expect(await texts('m1')).toEqual(['first']);
      });

      test('of many writes at the same sequence exactly one wins', async () => {
        await begin('m1');
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, index) => store.append(step('m1', 1, [noted(`writer ${index}`)]))),
        );
        expect(results.filter((result) => result.ok)).toHaveLength(1);
        expect(await texts('m1')).toHaveLength(1);
      });

      test('a step without events is guarded like any other', async () => {
        await begin('m1');
        expect(await store.append(step('m1', 1, []))).toEqual({ ok: true, value: [] });
        expect(await store.append(step('m1', 0, []))).toMatchObject({ ok: false });
      });

      test('an intent is opened once, and a second time stores nothing', async () => {
        await begin('m1');
        await append('m1', 1, [intentOpened('i1')]);
        await expect(store.append(step('m1', 2, [noted('x'), intentOpened('i1')]))).rejects.toThrow(
          'opened once',
        );
        expect(await store.read('m1', 2)).toEqual([]);
      });

      test('a migration that is not there is an error, never a new journal', async () => {
        const missing = expect.objectContaining({ name: 'StoreError', reason: 'missing' }) as unknown;
        await expect(store.append(step('m9', 0, [noted('x')]))).rejects.toEqual(missing);
        await expect(store.acquireLease('m9', 'a', 1000, start)).rejects.toEqual(missing);
        await expect(store.seizeLease('m9', 'a', 1000, start)).rejects.toEqual(missing);
        expect(await store.list()).toEqual([]);
      });
    });

    describe('hosts', () => {
      test('migrations are listed newest first, as they were made', async () => {
        const rows = [
          migration('m1', ['a.example.com', 'b.example.com'], plus(start, 1000)),
          migration('m2', ['c.example.com'], start),
          migration('m3', ['d.example.com'], plus(start, 1000)),
        ];
        for (const row of rows) await store.create(row, planned(row), start);
        expect(await store.list()).toEqual([rows[2], rows[0], rows[1]]);
      });

      test('a host is in at most one live migration', async () => {
        await begin('m1', ['a.example.com', 'b.example.com']);
        const second = migration('m2', ['c.example.com', 'b.example.com']);
        const refusal = { reason: 'host-taken', host: 'b.example.com.', migrationId: 'm1' };
        expect(await store.create(second, planned(second), start)).toEqual({ ok: false, error: refusal });
        expect(await store.read('m2', 0)).toEqual([]);
        await append('m1', 1, [{ type: 'completed', at: start }], { live: false });
        expect(await store.create(second, planned(second), start)).toMatchObject({ ok: true });
        expect((await store.list()).map((row) => [row.id, row.live])).toEqual([
          ['m2', true],
          ['m1', false],
        ]);
      });

      test('a migration that ended becomes live again only while its hosts are free', async () => {
        await begin('m1', ['a.example.com']);
        await append('m1', 1, [{ type: 'completed', at: start }], { live: false });
        await begin('m2', ['a.example.com']);
        const again = step('m1', 2, [noted('again')]);
        const refusal = { reason: 'host-taken', host: 'a.example.com.', migrationId: 'm2' };
        expect(await store.append(again)).toEqual({ ok: false, error: refusal });
        await append('m2', 1, [{ type: 'completed', at: start }], { live: false });
        expect(await store.append(again)).toMatchObject({ ok: true });
        const third = migration('m3', ['a.example.com']);
        expect(await store.create(third, planned(third), start)).toMatchObject({ ok: false });
      });

      test('an id is used once', async () => {
        await begin('m1', ['a.example.com']);
        const twin = migration('m1', ['b.example.com']);
        const refusal = { reason: 'sequence', expected: 0, actual: 1 };
        expect(await store.create(twin, planned(twin), start)).toEqual({ ok: false, error: refusal });
        expect((await store.list())[0]?.hosts).toEqual(['a.example.com.']);
      });
    });

    describe('lease', () => {
      beforeEach(() => begin('m1'));

      async function acquire(holder: string, atMs: number): Promise<Lease> {
        const result = await store.acquireLease('m1', holder, 1000, plus(start, atMs));
        expect(result).toMatchObject({ ok: true });
        return result.ok ? result.value : result.error;
      }

      function fenced(expectedSequence: number, epoch: number | null): RecordStep {
        return step('m1', expectedSequence, [noted('x')], { epoch });
      }

      test('one holder at a time, and a refusal says who and until when', async () => {
        const lease = await acquire('a', 0);
        expect(lease).toEqual({ migrationId: 'm1', holder: 'a', epoch: 1, expiresAt: plus(start, 1000) });
        const refused = await store.acquireLease('m1', 'b', 1000, plus(start, 999));
        expect(refused).toEqual({ ok: false, error: lease });
      });

      test('its holder extends it without a new epoch, even late', async () => {
        await acquire('a', 0);
        expect(await acquire('a', 600)).toMatchObject({ epoch: 1, expiresAt: plus(start, 1600) });
        expect(await acquire('a', 9000)).toMatchObject({ epoch: 1, expiresAt: plus(start, 10_000) });
      });

      test('an expired lease goes to a new holder with the next epoch, which fences the old one', async () => {
        await acquire('a', 0);
        expect(await acquire('b', 1000)).toMatchObject({ holder: 'b', epoch: 2 });
        const refusal = { reason: 'epoch', holder: 'b', epoch: 2 };
        expect(await store.append(fenced(1, 1))).toEqual({ ok: false, error: refusal });
        expect(await store.read('m1', 1)).toEqual([]);
        expect(await store.append(fenced(1, 2))).toMatchObject({ ok: true });
      });

      test('a seized lease fences its holder at once, the same name included', async () => {
        await acquire('a', 0);
        expect(await store.seizeLease('m1', 'b', 1000, start)).toMatchObject({ holder: 'b', epoch: 2 });
        expect(await store.seizeLease('m1', 'b', 1000, start)).toMatchObject({ holder: 'b', epoch: 3 });
        expect(await store.append(fenced(1, 2))).toMatchObject({ ok: false });
        expect(await store.acquireLease('m1', 'a', 1000, plus(start, 1))).toMatchObject({ ok: false });
      });

      test('an operator writes whoever holds the lease', async () => {
        await acquire('a', 0);
        expect(await store.append(fenced(1, null))).toMatchObject({ ok: true });
      });

      test('nobody writes under an epoch that was never given', async () => {
        const refusal = { reason: 'epoch', holder: '', epoch: 0 };
        expect(await store.append(fenced(1, 1))).toEqual({ ok: false, error: refusal });
      });

      test('a released lease is free at once, and its epoch is never given to another', async () => {
        await store.releaseLease(await acquire('a', 0));
        const lease = await acquire('b', 1);
        expect(lease.epoch).toBe(2);
        await store.releaseLease(lease);
        expect(await acquire('a', 2)).toMatchObject({ epoch: 3 });
      });

      test('releasing a lease that has passed on does nothing', async () => {
        const old = await acquire('a', 0);
        await store.seizeLease('m1', 'b', 1000, start);
        await store.releaseLease(old);
        expect(await store.acquireLease('m1', 'c', 1000, plus(start, 1))).toMatchObject({ ok: false });
      });

      test('an older lease of the same holder cannot release the one that replaced it', async () => {
        const old = await acquire('a', 0);
        await store.seizeLease('m1', 'a', 1000, start);
        await store.releaseLease(old);
        expect(await store.acquireLease('m1', 'b', 1000, plus(start, 1))).toMatchObject({ ok: false });
      });

      test('each migration has its own lease', async () => {
        await acquire('a', 0);
        await begin('m2');
        expect(await store.acquireLease('m2', 'b', 1000, start)).toMatchObject({ ok: true });
      });
    });
  });
}
