import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  entriesOf,
  entryAt,
  lastEntry,
  withEntries,
  type BucketLog,
} from '../../../src/core/metric/bucket-log.js';
import { instant, type Instant } from '../../../src/core/time.js';

interface Entry {
  readonly at: Instant;
  readonly value: number;
}

const entry = fc.record({ at: fc.integer({ min: 0, max: 400 }).map(instant), value: fc.integer() });

test('holds the latest entry of each time, in the order of time, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 90 }), { maxLength: 8 }), (batches) => {
      const model = new Map<Instant, Entry>();
      let log: BucketLog<Entry> = [];
      for (const batch of batches) {
        const before = entriesOf(log);
        const next = withEntries(log, batch);
        expect(entriesOf(log)).toEqual(before);
        for (const one of batch) model.set(one.at, one);
        log = next;
      }
      const expected = [...model.values()].sort((one, other) => one.at - other.at);
      expect(entriesOf(log)).toEqual(expected);
      expect(lastEntry(log)).toEqual(expected.at(-1) ?? null);
      for (const one of expected) expect(entryAt(log, one.at)).toEqual(one);
      expect(entryAt(log, instant(401))).toBeNull();
    }),
  );
});

test('adding to ten thousand entries copies the last few', () => {
  const all = Array.from({ length: 10_000 }, (_, index): Entry => ({ at: instant(index), value: index }));
  const log = withEntries<Entry>([], all);
  const next = withEntries(log, [{ at: instant(10_000), value: 1 }]);
  expect(next.filter((chunk, index) => chunk !== log[index]).length).toBeLessThanOrEqual(1);
});
