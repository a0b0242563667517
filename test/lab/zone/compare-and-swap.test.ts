import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { change, weighted, zoneFixture } from './zone-fixture.js';

const member = fc.record({
  setIdentifier: fc.constantFrom('shift-source', 'shift-target'),
  weight: fc.integer({ min: 0, max: 255 }),
  ttl: fc.constantFrom(30, 60),
  value: fc.constantFrom('a.test', 'b.test'),
});

/** Records over few names and types, so that collisions of every sort are frequent. */
const record = fc.oneof(
  member.map(({ setIdentifier, weight, ttl, value }) => ({
    ...weighted(setIdentifier, weight, ttl),
    values: [value],
  })),
  fc.record({
    name: fc.constantFrom('www.example.com', 'a.example.com', 'example.com', 'www.example.org'),
    type: fc.constantFrom('CNAME', 'TXT'),
    ttl: fc.constantFrom(30, 60),
    values: fc.constantFrom(['"one"'], ['"two"'], ['one.test']),
  }),
);
const batchOf = fc.array(fc.record({ action: fc.constantFrom('CREATE', 'DELETE', 'UPSERT'), record }), {
  minLength: 1,
  maxLength: 6,
});

describe('properties of a batch', () => {
  it('DELETE of the exact old with CREATE of the new is a compare-and-swap', () => {
    fc.assert(
      fc.property(member, member, member, (stored, believed, wanted) => {
        const { zones, zoneId, batch } = zoneFixture();
        const toRecord = ({ setIdentifier, weight, ttl, value }: typeof stored): LabRecord => ({
          ...weighted(setIdentifier, weight, ttl),
          values: [value],
        });
        batch(change('CREATE', toRecord(stored)));
        const outcome = batch(change('DELETE', toRecord(believed)), change('CREATE', toRecord(wanted)));
        const isBelieved = JSON.stringify(stored) === JSON.stringify(believed);
        expect(outcome.kind).toBe(isBelieved ? 'accepted' : 'refused');
        const left = zones.records(zoneId)?.filter(({ name }) => name === 'www.example.com.');
        expect(left).toEqual([{ ...toRecord(isBelieved ? wanted : stored), name: 'www.example.com.' }]);
      }),
    );
  });

  it('of two writers that read the same state, exactly one wins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), (one, two) => {
        const { batch } = zoneFixture();
        batch(change('CREATE', weighted('shift-source', 100)), change('CREATE', { ...marker('0') }));
        const swap = (weight: number, id: string) =>
          batch(
            change('DELETE', weighted('shift-source', 100)),
            change('DELETE', marker('0')),
            change('CREATE', weighted('shift-source', weight)),
            change('CREATE', marker(id)),
          ).kind;
        expect([swap(one, '1'), swap(two, '2')]).toEqual(['accepted', 'refused']);
      }),
    );
  });

  it('is all or nothing, on every name server too', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(batchOf, { minLength: 1, maxLength: 8 }), (batches) => {
        const { zones, zoneId } = zoneFixture();
        for (const changes of batches) {
          const before = zones.records(zoneId);
          const outcome = zones.change(zoneId, changes);
          if (outcome.kind === 'accepted') {
            accepted += 1;
            for (const { action, record: changed } of outcome.changes) {
              const later = outcome.changes.filter(({ record: other }) => other.name === changed.name);
              const stands = zones
                .records(zoneId)
                ?.some((stored) => JSON.stringify(stored) === JSON.stringify(changed));
              if (action !== 'DELETE' && later.length === 1) expect(stands).toBe(true);
            }
          } else {
            expect(outcome.message).toMatch(/^\[.+\]$/s);
            expect(zones.records(zoneId)).toEqual(before);
          }
          const served = zones.zoneFor(0, 'example.com.');
          expect([...(served?.records() ?? [])].length).toBe(zones.records(zoneId)?.length);
          expectLegal(zones.records(zoneId) ?? []);
        }
      }),
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

function marker(generation: string): LabRecord {
  return { name: '_shift.www.example.com', type: 'TXT', ttl: 60, values: [`"generation=${generation}"`] };
}

/** What must hold of a zone whatever batches it has taken. */
function expectLegal(records: readonly LabRecord[]): void {
  const keys = records.map(({ name, type, setIdentifier }) => `${name} ${type} ${setIdentifier ?? ''}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const { name } of records.filter(({ type }) => type === 'CNAME')) {
    const beside = records.filter((other) => other.name === name);
    expect(beside.every(({ type }) => type === 'CNAME')).toBe(true);
    expect(beside.length === 1 || beside.every(({ weight }) => weight !== undefined)).toBe(true);
    expect(new Set(beside.map(({ ttl }) => ttl)).size).toBe(1);
  }
}
