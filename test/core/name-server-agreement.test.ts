import { describe, expect, test } from 'vitest';
import { markerText, readMarker, type Marker } from '../../src/core/marker.js';
import { serversAreClean, serversShowMarkers } from '../../src/core/name-server-agreement.js';
import type { NameServerReading } from '../../src/core/name-server.js';
import { albTarget, herokuTarget, host, planOf, start, Story, www } from './story.js';

const api = host('api.example.com');
const plan = planOf({ names: [www, api] });

function written(story: Story): Marker {
  const marker = readMarker(story.state.image[0]?.marker ?? []);
  if (marker === null) throw new Error('nothing was written');
  return marker;
}

/** What both name servers return for both hosts; the last one for the second host can be another. */
function readings(marker: string | null, last: Partial<NameServerReading> = {}): NameServerReading[] {
  const base = { answers: { [herokuTarget]: 5 }, other: 0, failed: 0, marker };
  return ['ns-1.lab', 'ns-2.lab'].flatMap((server) => [
    { ...base, server, host: www },
    { ...base, server, host: api, ...(server === 'ns-2.lab' ? last : {}) },
  ]);
}

describe('name servers agree', () => {
  test('when every one of them returns the marker of the last write for every host', () => {
    const story = Story.observing(0, plan);
    const text = markerText(written(story));
    expect(serversShowMarkers(story.state, readings(text))).toBe(true);
    expect(serversShowMarkers(story.state, readings(text).slice(1))).toBe(false);
  });

  test.each<[string, (marker: Marker) => string | null]>([
    ['no answer', () => null],
    ['no marker', () => 'none'],
    ['a text that is none', () => 'v=spf1 -all'],
    ['an older one', (marker) => markerText({ ...marker, generation: 1, intentId: 'older' })],
    [
      'one of the same generation that another write left',
      (marker) => markerText({ ...marker, intentId: 'superseded' }),
    ],
    [
      'an ended one, when nothing is rolled back',
      (marker) => markerText({ ...marker, state: 'ended', intentId: 'x' }),
    ],
    ["another migration's", (marker) => markerText({ ...marker, migrationId: 'other' })],
  ])('not when one of them returns %s', (_name, change) => {
    const story = Story.observing(0, plan);
    const marker = written(story);
    const found = readings(markerText(marker), { marker: change(marker) });
    expect(serversShowMarkers(story.state, found)).toBe(false);
  });

  test('on a rollback by whichever of its ended markers, because hosts are written one by one', () => {
    const story = Story.observing(0, plan).requestRollback();
    story.accept(story.open('rollback')).add({ type: 'rollback-written', at: start, untouched: [] });
    const marker = written(story);
    const earlier = markerText({ ...marker, intentId: 'an earlier try' });
    expect(serversShowMarkers(story.state, readings(markerText(marker), { marker: earlier }))).toBe(true);
    const live = markerText({ ...marker, state: 'live', intentId: 'the forward write' });
    expect(serversShowMarkers(story.state, readings(markerText(marker), { marker: live }))).toBe(false);
  });
});

describe('name servers are clean', () => {
  test.each<[string, Partial<NameServerReading>, boolean]>([
    ['all hand out the source', {}, true],
    ['one answers something else', { answers: {}, other: 5 }, true],
    ['one hands out the target once', { answers: { [herokuTarget]: 4, [albTarget]: 1 } }, false],
    ['one does not answer', { answers: {}, failed: 5, marker: null }, false],
    ['one leaves a question unanswered', { failed: 1 }, false],
  ])('when %s', (_name, last, expected) => {
    const story = Story.observing(0, plan);
    expect(serversAreClean(story.state, readings('none', last))).toBe(expected);
    expect(serversAreClean(story.state, readings('none').slice(0, 3))).toBe(false);
  });

  test('not after a rollback of ours while one gives addresses, because an alias to the target looks like that', () => {
    const story = Story.observing(0, plan).requestRollback();
    story.accept(story.open('rollback')).add({ type: 'rollback-written', at: start, untouched: [] });
    const marker = markerText(written(story));
    expect(serversAreClean(story.state, readings(marker))).toBe(true);
    const mixed = { answers: { [herokuTarget]: 4 }, other: 1 };
    expect(serversAreClean(story.state, readings(marker, mixed))).toBe(false);
  });
});
