import { expect, test } from 'vitest';
import { page, type Listing } from '../../../src/lab/heroku/paging.js';
import { Refusal } from '../../../src/lab/heroku/refusal.js';

interface Item {
  id: string;
  version: number;
}

const listing: Listing<Item> = {
  items: Array.from({ length: 12 }, (_, index) => ({ id: `item-${index + 1}.x`, version: index + 1 })),
  keys: { id: (item) => item.id, version: (item) => item.version },
};

function versions(header: string | undefined): number[] {
  return page(listing, header).items.map((item) => item.version);
}

test('without a Range it is everything, by the first field', () => {
  const answer = page(listing, undefined);
  expect(answer.status).toBe(200);
  expect(answer.items).toHaveLength(12);
  expect(answer.items.slice(0, 2).map((item) => item.id)).toEqual(['item-1.x', 'item-10.x']);
  expect(answer.headers).toEqual({
    'accept-ranges': 'id, version',
    'content-range': 'id item-1.x..item-9.x',
  });
});

test.each([
  ['version ..; order=desc,max=3', [12, 11, 10]],
  ['version ..; max=3, order=desc', [12, 11, 10]],
  ['version ..; max=3;', [1, 2, 3]],
  ['version 10..', [10, 11, 12]],
  ['version ]10..', [11, 12]],
  ['version 3..5', [3, 4, 5]],
  ['version 5..3; order=desc', [5, 4, 3]],
])('%s', (header, expected) => {
  expect(versions(header)).toEqual(expected);
});

test.each(['version ..; order=desc,max=5', 'id ..; max=5'])('Next-Range walks all of "%s" once', (header) => {
  const seen: number[] = [];
  let next: string | undefined = header;
  const statuses: number[] = [];
  while (next !== undefined) {
    const answer: ReturnType<typeof page<Item>> = page(listing, next);
    statuses.push(answer.status);
    seen.push(...answer.items.map((item) => item.version));
    next = answer.headers['next-range'];
  }
  expect(statuses).toEqual([206, 206, 200]);
  expect([...seen].sort((left, right) => left - right)).toEqual(listing.items.map((item) => item.version));
});

test.each(['null', 'bytes=0-5', 'colour ..', 'id ..; max=0', 'id ..; max=many'])('refuses "%s"', (header) => {
  expect(() => page(listing, header)).toThrow(Refusal);
});

test('no page is larger than a thousand', () => {
  const many: Listing<Item> = {
    ...listing,
    items: Array.from({ length: 1_001 }, (_, version) => ({ id: String(version), version })),
  };
  expect(page(many, 'version ..; max=5000').items).toHaveLength(1_000);
});
