import { describe, expect, test } from 'vitest';
import { countDiffering } from '../../src/core/differing-records.js';
import { differences } from '../../src/core/explanation.js';
import type { HostImage } from '../../src/core/record-image.js';
import type { RecordName } from '../../src/core/record-name.js';
import {
  aliasRecord,
  plainCname,
  textRecord,
  weightedCname,
  type RecordSet,
} from '../../src/core/record-set.js';

const www = 'www.example.com.' as RecordName;
const api = 'api.example.com.' as RecordName;

function member(
  setIdentifier: string,
  weight: number,
  name = www,
  healthCheckId: string | null = null,
): RecordSet {
  return weightedCname({ name, target: 'x.example.net', ttl: 60, setIdentifier, weight, healthCheckId });
}

function image(records: readonly RecordSet[], marker: readonly RecordSet[] = [], host = www): HostImage {
  return { host, records, marker };
}

const source = member('shift-source', 75);
const target = member('shift-target', 25);
const alias = { hostedZoneId: 'Z1', dnsName: 'lb.example.net.', evaluateTargetHealth: false };
const marker = textRecord(`_shift.${www}` as RecordName, '"v1"', 60);

describe('how many records differ', () => {
  test.each([
    ['another weight', 1, [source, member('shift-target', 60)], [marker]],
    ['two other weights', 2, [member('shift-source', 40), member('shift-target', 60)], [marker]],
    ['another health check', 1, [source, member('shift-target', 25, www, 'abc')], [marker]],
    ['another TTL', 1, [source, { ...target, ttl: 300 }], [marker]],
    [
      'a region in place of a weight',
      1,
      [source, { ...target, weight: null, foreignRouting: 'Region' }],
      [marker],
    ],
    ['a member gone', 1, [source], [marker]],
    ['one more beside', 1, [source, target, member('third weight 7', 1)], [marker]],
    ['the pair replaced by a plain record', 3, [plainCname(www, 'y.example.net', 60)], [marker]],
    ['the pair replaced by an alias', 3, [aliasRecord(www, 'A', alias)], [marker]],
    ['another marker', 1, [source, target], [{ ...marker, values: ['"v2"'] }]],
    ['a member and the marker', 2, [source, member('shift-target', 60)], []],
    ['nothing', 0, [source, target], [marker]],
  ] as const)('%s', (_what, count, records, markers) => {
    const lines = differences([image([source, target], [marker])], [image(records, markers)]);
    expect(countDiffering(lines), lines.join('\n')).toBe(count);
  });

  test('the same member of two hosts is two records', () => {
    const at = (share: number): HostImage[] =>
      [www, api].map((host) => image([member('shift-target', share, host)], [], host));
    expect(countDiffering(differences(at(25), at(60)))).toBe(2);
  });

  test('a line that is none of ours counts for itself', () => {
    expect(countDiffering(['one', 'two'])).toBe(2);
  });
});
