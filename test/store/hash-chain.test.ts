import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { genesisHash, type JournalEntry } from '../../src/core/event.js';
import { chained, chainHash, chainStart, verifyChain } from '../../src/store/hash-chain.js';
import { noted, start } from './samples.js';

function chainOf(...texts: string[]): JournalEntry[] {
  return chained(chainStart, texts.map(noted));
}

function replaced(entries: readonly JournalEntry[], index: number, change: Partial<JournalEntry>) {
  return entries.with(index, { ...entries[index]!, ...change });
}

test('the hash is SHA-256 over the hash before and the canonical JSON of sequence and event', () => {
  const json = `{"event":{"at":${start},"because":"b","type":"asked"},"sequence":2}`;
  const first = chainOf('a')[0]!;
  const expected = createHash('sha256').update(`${first.hash}${json}`).digest('hex');
  expect(chainOf('a', 'b')[1]?.hash).toBe(expected);
  expect(chainHash(genesisHash, 1, noted('a'))).toBe(first.hash);
});

test('a chain made in parts is the chain made at once', () => {
  const whole = chainOf('a', 'b', 'c');
  expect(chained(whole[0]!, [noted('b'), noted('c')])).toEqual(whole.slice(1));
});

test('an untouched chain holds, from its beginning and from any entry', () => {
  const entries = chainOf('a', 'b', 'c');
  expect(verifyChain(entries)).toBeNull();
  expect(verifyChain(entries.slice(2), entries[1])).toBeNull();
  expect(verifyChain([])).toBeNull();
});

test('one changed character anywhere is found where it is', () => {
  const texts = fc.array(fc.string(), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(texts, fc.nat(), (list, at) => {
      const entries = chainOf(...list);
      const index = at % list.length;
      const edited = replaced(entries, index, { event: noted(`${list[index] ?? ''}!`) });
      expect(verifyChain(edited)?.sequence).toBe(index + 1);
    }),
  );
});

test('a rewritten entry with a fitting hash breaks the entry after it', () => {
  const entries = chainOf('a', 'b', 'c');
  const forged = chained(entries[0]!, [noted('forged')])[0]!;
  expect(verifyChain(entries.with(1, forged))).toEqual({
    sequence: 3,
    because: 'its hash does not fit its content and the entry before it',
  });
});

test('missing, swapped and repeated entries are found', () => {
  const [a, b, c] = chainOf('a', 'b', 'c') as [JournalEntry, JournalEntry, JournalEntry];
  const missing = { sequence: 2, because: 'this entry is missing, the next one found is 3' };
  expect(verifyChain([a, c])).toEqual(missing);
  expect(verifyChain([a, c, b])).toEqual(missing);
  expect(verifyChain([a, a, b])?.sequence).toBe(2);
  expect(verifyChain([b, c])?.sequence).toBe(1);
  expect(verifyChain([c], a)?.sequence).toBe(2);
});
