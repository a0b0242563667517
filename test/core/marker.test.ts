import { describe, expect, test } from 'vitest';
import {
  describeFence,
  machineOf,
  markerRecord,
  markerText,
  parseMarkerText,
  readMarker,
  type Marker,
} from '../../src/core/marker.js';
import type { RecordName } from '../../src/core/record-name.js';
import { instant } from '../../src/core/time.js';

const host = 'www.example.com.' as RecordName;
const marker: Marker = {
  migrationId: 'm1',
  state: 'live',
  generation: 7,
  intentId: 'i1',
  head: 'f'.repeat(64),
  due: instant(1_700_000_000_000),
  hosts: [host, 'api.example.com.' as RecordName],
  by: 'build-7',
};
const { by, ...older } = marker;

describe('fault 37: who wrote the marker', () => {
  test('fault 37: stands in it and is read back, across the strings of one TXT value too', () => {
    expect(parseMarkerText(markerText(marker))).toEqual(marker);
    const many = Array.from({ length: 30 }, (_, index) => `host-${index}.example.com.` as RecordName);
    const long = { ...marker, hosts: many };
    const record = markerRecord(host, long, 60);
    expect(record.values[0]?.match(/"/g)?.length).toBeGreaterThan(4);
    expect(readMarker([record])).toEqual(long);
  });

  test('fault 37: is named with migration and generation to whoever is stopped by it', () => {
    expect(describeFence(marker)).toBe(
      'fenced by host build-7: another controller writes here: the marker names migration m1, generation 7, state live',
    );
  });

  test('an older marker without it is read, written and told as ever', () => {
    expect(markerText(older)).not.toContain('by=');
    expect(parseMarkerText(markerText(older))).toEqual(older);
    expect(describeFence(older)).toMatch(/^another controller writes here: /);
    expect(by).toBe('build-7');
  });

  test.each(['\u001b[31mred', 'UPPER', 'a'.repeat(33), '', 'two.labels'])(
    'what somebody else put there is not shown when it is no such name: %j',
    (text) => {
      expect(parseMarkerText(`${markerText(older)} by=${text}`)).toEqual(older);
    },
  );

  test.each([
    ['ip-10-0-0-7.eu-west-1.compute.internal/boot/12', 'ip-10-0-0-7'],
    ["Ann's MacBook.local/boot/12", 'ann-s-macbook'],
    [`${'x'.repeat(60)}/boot/12`, 'x'.repeat(32)],
    ['/boot/12', undefined],
    ['"; drop/boot/1', '---drop'],
  ])('of %s only the first label is published, as %s', (holder, name) => {
    expect(machineOf(holder)).toBe(name);
  });
});
