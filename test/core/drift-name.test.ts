import { expect, test } from 'vitest';
import { nameDrift } from '../../src/core/drift-name.js';
import type { HostImage } from '../../src/core/record-image.js';
import { recordName, type RecordName } from '../../src/core/record-name.js';
import { textRecord, weight, weightedCname, type RecordSet } from '../../src/core/record-set.js';

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

function pairAt(host: RecordName): readonly [RecordSet, RecordSet] {
  const member = { name: host, ttl: 60, target: 'x.example.net.' };
  return [
    weightedCname({ ...member, setIdentifier: 'shift-source', weight: 90, healthCheckId: 'hc-1' }),
    weightedCname({ ...member, setIdentifier: 'shift-target', weight: 10, healthCheckId: 'hc-2' }),
  ];
}

function imageOf(host: string): HostImage {
  const at = name(host);
  return { host: at, records: pairAt(at), marker: [textRecord(name(`_shift.${host}`), '"a"', 60)] };
}

const expected = imageOf('www.example.com');

/** The image with the target member changed. */
function changed(change: Partial<RecordSet>): HostImage {
  return {
    ...expected,
    records: expected.records.map((record, index) => (index === 1 ? { ...record, ...change } : record)),
  };
}

test.each<[string, HostImage, string]>([
  [
    'a health check removed',
    changed({ healthCheckId: null }),
    'the target member of www.example.com has lost its health check',
  ],
  [
    'a health check exchanged',
    changed({ healthCheckId: 'hc-9' }),
    'the target member of www.example.com has another health check',
  ],
  [
    'a member pointed elsewhere',
    changed({ values: ['y.example.net.'] }),
    'the target member of www.example.com was changed to CNAME shift-target weight 10 -> y.example.net. (ttl 60s) (health check hc-2)',
  ],
  [
    'weights in the same proportion',
    {
      ...expected,
      records: expected.records.map((record) => ({ ...record, weight: weight(record.weight! * 2) })),
    },
    'the weight of the source member of www.example.com was set from 90 to 180',
  ],
  [
    'another time to live of one member',
    changed({ ttl: 5 }),
    'the TTL of www.example.com was set from 60 s to 5 s',
  ],
])('%s', (_, found, called) => {
  expect(nameDrift([expected], [found])).toBe(`somebody changed the zone: ${called}`);
});

test('the gravest of each host come before the markers, and a large group is not listed without end', () => {
  const hosts = ['a', 'b', 'c'].map((label) => imageOf(`${label}.example.com`));
  const found = hosts.map(({ host }) => ({ host, records: [], marker: [] }));
  expect(nameDrift(hosts, found)).toBe(
    'somebody changed the zone: every record of a.example.com was deleted; every record of b.example.com was deleted; ' +
      'every record of c.example.com was deleted; and 3 more',
  );
});

test('a host that was not read counts as empty', () => {
  expect(nameDrift([expected], [])).toContain('every record of www.example.com was deleted');
});
