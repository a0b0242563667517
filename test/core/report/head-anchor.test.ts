import { expect, test } from 'vitest';
import { headAnchors } from '../../../src/core/report/head-anchor.js';
import { markerRecord } from '../../../src/core/marker.js';
import { chained, chainStart } from '../../../src/store/hash-chain.js';
import { completed } from './journeys.js';
import { instant } from '../../../src/core/time.js';

const journey = completed();
const { id, hosts } = journey.state.plan;
const host = hosts[0]!.host;
const entries = chained(chainStart, journey.events);

function marker(head: string, migrationId: string = id): Parameters<typeof headAnchors>[2] {
  const fields = {
    migrationId,
    state: 'live',
    generation: 3,
    intentId: 'i',
    head,
    due: instant(0),
    hosts: [host],
  } as const;
  return [{ host, marker: [markerRecord(host, fields, 60)] }];
}

test('a head that is the hash of an entry anchors everything up to there', () => {
  const [anchor] = headAnchors(id, entries, marker(entries[4]!.hash));
  expect(anchor).toEqual({ host: 'www.shop.test', found: 'anchored', sequence: 5 });
});

test('a journal that was cut off before that entry is found out', () => {
  const [anchor] = headAnchors(id, entries.slice(0, 4), marker(entries[4]!.hash));
  expect(anchor).toEqual({ host: 'www.shop.test', found: 'unanchored', head: entries[4]!.hash });
});

test('a journal that was written anew from the start is found out, though its own chain is whole', () => {
  const forged = chained(chainStart, [{ ...journey.events[0]!, at: instant(1) }, ...journey.events.slice(1)]);
  expect(headAnchors(id, forged, marker(entries[4]!.hash))[0]?.found).toBe('unanchored');
});

test.each([
  ['no marker', [{ host, marker: [] }], 'there is no marker of ours in the zone'],
  ['another migration', marker('f00d', 'other'), 'the marker is of another migration, other'],
  ['a rollback without state', marker(''), 'the marker was written without the journal'],
])('with %s there is nothing to compare, which is neither good nor bad', (_name, markers, because) => {
  expect(headAnchors(id, entries, markers)).toEqual([{ host: 'www.shop.test', found: 'none', because }]);
});
