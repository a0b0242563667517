import { describe, expect, it } from 'vitest';
import { compareNames, compareRecords, isAtOrAfter } from '../../../src/lab/zone/list-order.js';
import { change, weighted, zoneFixture } from './zone-fixture.js';

describe('list order', () => {
  it('compares reversed labels as text with the final dot: a hyphen sorts before the dot', () => {
    const names = [
      'z.example.com.',
      'a.example.com.',
      'b.a.example.com.',
      'a-b.example.com.',
      'example.com.',
      'example-b.com.',
    ];
    expect(names.sort(compareNames)).toEqual([
      'example-b.com.',
      'example.com.',
      'a-b.example.com.',
      'a.example.com.',
      'b.a.example.com.',
      'z.example.com.',
    ]);
  });

  it('goes on by type and then by identifier', () => {
    const { zones, zoneId, batch } = zoneFixture();
    batch(
      change('CREATE', weighted('shift-target', 0)),
      change('CREATE', weighted('shift-source', 100)),
      change('CREATE', { name: 'a.example.com', type: 'TXT', ttl: 1, values: ['"x"'] }),
      change('CREATE', { name: 'a.example.com', type: 'AAAA', ttl: 1, values: ['2001:db8::1'] }),
    );
    expect(
      zones.records(zoneId)?.map(({ name, type, setIdentifier }) => [name, type, setIdentifier]),
    ).toEqual([
      ['example.com.', 'NS', undefined],
      ['example.com.', 'SOA', undefined],
      ['a.example.com.', 'AAAA', undefined],
      ['a.example.com.', 'TXT', undefined],
      ['www.example.com.', 'CNAME', 'shift-source'],
      ['www.example.com.', 'CNAME', 'shift-target'],
    ]);
  });

  it('finds the start of a listing by name, type and identifier', () => {
    const record = { name: 'www.example.com.', type: 'CNAME', setIdentifier: 'b' };
    const name = 'www.example.com.';
    const positions = [
      { name },
      { name, type: 'CNAME' },
      { name, type: 'CNAME', setIdentifier: 'b' },
      { name, type: 'CNAME', setIdentifier: 'c' },
      { name, type: 'TXT' },
      { name, type: 'A', setIdentifier: 'z' },
      { name: 'x.example.com.' },
      { name: 'a.example.com.', type: 'TXT' },
    ];
    expect(positions.map((position) => isAtOrAfter(record, position))).toEqual([
      ...[true, true, true, false, false, true, false, true],
    ]);
    expect(compareRecords(record, record)).toBe(0);
  });
});
