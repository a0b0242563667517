import { expect, test } from 'vitest';
import { isRefuted, verifyView, type Verification } from '../../../src/cli/render/verify-view.js';
import { pagerDutyEvents } from '../../../src/core/notify/pagerduty-event.js';
import { slackMessage } from '../../../src/core/notify/slack-message.js';
import { webhookMessage } from '../../../src/core/notify/webhook-message.js';
import {
  findKeptHead,
  headAnchors,
  parseKeptHead,
  type KeptHeadFound,
} from '../../../src/core/report/head-anchor.js';
import { markerRecord } from '../../../src/core/marker.js';
import { chained, chainStart } from '../../../src/store/hash-chain.js';
import { completed } from './journeys.js';
import { instant } from '../../../src/core/time.js';
import { page as message } from '../../adapters/notify/message.js';

const journey = completed();
const { id, hosts } = journey.state.plan;
const host = hosts[0]!.host;
const entries = chained(chainStart, journey.events);

const place = { machine: 'ops-1', stateDirectory: '/var/lib/shift' };
const verification: Verification = { entries: 4, head: 'f00d', anchors: [], kept: [], notCompared: null };

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

test('a head that a message carried is found with its entry, by its number, alone, or by its beginning', () => {
  const { hash } = entries[4]!;
  const expected = { found: 'in-chain', sequence: 5, at: entries[4]!.event.at, later: entries.length - 5 };
  for (const typed of [`5:${hash}`, hash, hash.slice(0, 16).toUpperCase()])
    expect(findKeptHead(entries, parseKeptHead(typed)!)).toMatchObject(expected);
});

test('what was cut off is counted from the number in the message', () => {
  const { hash } = entries[6]!;
  const cut = findKeptHead(entries.slice(0, 4), parseKeptHead(`7:${hash}`)!);
  expect(cut).toMatchObject({ found: 'cut', from: 5, to: 7, lastAt: entries[3]!.event.at });
  expect(findKeptHead(entries.slice(0, 4), parseKeptHead(hash)!).found).toBe('absent');
  expect(findKeptHead([], parseKeptHead(`7:${hash}`)!)).toMatchObject({ from: 1, to: 7, lastAt: null });
});

test('an entry that has another hash now was changed, or one before it was', () => {
  const forged = chained(chainStart, [{ ...journey.events[0]!, at: instant(1) }, ...journey.events.slice(1)]);
  const { hash, sequence } = entries[4]!;
  expect(findKeptHead(forged, parseKeptHead(`${sequence}:${hash}`)!)).toMatchObject({
    found: 'changed',
    sequence,
  });
});

test.each([
  '',
  '42',
  'latest',
  '42:',
  '42:xyz',
  `42:${'a'.repeat(15)}`,
  `0:${'a'.repeat(64)}`,
  'a'.repeat(65),
])('%j is no head', (typed) => {
  expect(parseKeptHead(typed)).toBeNull();
});

test('every kind of message carries the head, as the line that history takes', () => {
  const { sequence, hash } = entries[4]!;
  const line = `shiftctl --state-dir ${place.stateDirectory} history ${message.migrationId} --verify --head ${sequence}:${hash}`;
  const head = { sequence, hash };
  expect(JSON.stringify(slackMessage(message, place, head))).toContain(line);
  expect(JSON.stringify(pagerDutyEvents({ ...message, severity: 'page' }, place, head)[0])).toContain(line);
  expect(webhookMessage(message, place, head)).toMatchObject({ data: { journal: head } });
});

test('the view says which entry a kept head was, or what is gone, and how far the journal is what it was', () => {
  const { hash } = entries[6]!;
  const view = (kept: readonly KeptHeadFound[]): string => verifyView({ ...verification, kept }).join('\n');
  const [known, cut] = [entries[2]!, entries.slice(0, 4)];
  const fits = view([findKeptHead(entries, parseKeptHead(`7:${hash}`)!)]);
  expect(fits).toContain('✔ that head is in the chain: entry 7, ');
  expect(fits).toContain('So nobody has changed, removed or added anything up to entry 7 since');
  const both = view([
    findKeptHead(cut, parseKeptHead(`7:${hash}`)!),
    findKeptHead(cut, parseKeptHead(known.hash)!),
  ]);
  expect(both).toContain('✖ that head is not in the chain: entries 5 to 7 are gone; what is left ends ');
  expect(both).toContain('Up to entry 3 it is what it was.');
  expect(isRefuted({ ...verification, kept: [findKeptHead(cut, parseKeptHead(hash)!)] })).toBe(true);
  expect(isRefuted(verification)).toBe(false);
});
