import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { characterStrings } from '../../../src/lab/dns/character-strings.js';
import { wireForm, zoneForm, zoneFormOf } from '../../../src/lab/dns/name.js';
import { packetRecord } from '../../../src/lab/dns/record-data.js';

describe('names', () => {
  test.each([
    ['WWW.Example.test', 'www.example.test.'],
    ['*.example.test', '\\052.example.test.'],
    ['_shift.a-b.test', '_shift.a-b.test.'],
    ['a/b.test', 'a\\057b.test.'],
    ['é.test', '\\303\\251.test.'],
  ])('%s on the wire is %s in the zone, and back', (wire, zone) => {
    expect(zoneForm(wire)).toBe(zone);
    expect(zoneForm(`${wire}.`)).toBe(zone);
    expect(wireForm(zone)).toBe(wire.toLowerCase());
  });

  test('of record data may be upper case, escaped and without the final dot', () => {
    expect(zoneFormOf('\\101.Example.TEST')).toBe('a.example.test.');
  });

  test('that dns-packet cannot encode are refused', () => {
    expect(() => wireForm('a\\056b.test.')).toThrow('dot inside a label');
    expect(() => wireForm('\\377.test.')).toThrow('not UTF-8');
  });
});

describe('TXT values', () => {
  test.each([
    ['"one"', ['one']],
    ['"one" "two"', ['one', 'two']],
    ['"a \\"quote\\" and \\\\ and \\101"', ['a "quote" and \\ and A']],
    ['""', ['']],
  ])('%s', (value, strings) => {
    expect(characterStrings(value).map(String)).toEqual(strings);
  });

  test('octal escapes are bytes, not characters', () => {
    expect([...(characterStrings('"\\377"')[0] ?? [])]).toEqual([255]);
  });

  test('without quotes or with a string over 255 bytes are refused', () => {
    expect(() => characterStrings('bare')).toThrow('no quoted string');
    expect(() => characterStrings(`"${'x'.repeat(256)}"`)).toThrow('255 bytes');
  });

  test('of any bytes survive escaping', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 4 }), (strings) => {
        const value = strings
          .map((bytes) => `"${[...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`)
          .join(' ');
        expect(characterStrings(value)).toEqual(strings.map((bytes) => Buffer.from(bytes)));
      }),
    );
  });
});

describe('records survive a packet', () => {
  test.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:db8::1', '2001:db8::1'],
    ['CNAME', 'a.herokudns.com.', 'a.herokudns.com'],
    ['NS', 'ns-1.awsdns-01.com.', 'ns-1.awsdns-01.com'],
    ['PTR', 'host.example.test', 'host.example.test'],
    ['TXT', '"a" "b"', [Buffer.from('a'), Buffer.from('b')]],
    ['MX', '10 mail.example.test.', { preference: 10, exchange: 'mail.example.test' }],
    ['SRV', '1 2 443 host.example.test.', { priority: 1, weight: 2, port: 443, target: 'host.example.test' }],
    [
      'CAA',
      '0 issue "letsencrypt.org"',
      { flags: 0, tag: 'issue', value: 'letsencrypt.org', issuerCritical: false },
    ],
    [
      'SOA',
      'ns. host.test. 1 2 3 4 5',
      { mname: 'ns', rname: 'host.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
    ],
  ])('%s %s', (type, value, data) => {
    const packet = decode(encode({ type: 'response', answers: [packetRecord('x.test', 60, type, value)] }));
    expect(packet.answers).toMatchObject([{ name: 'x.test', type, ttl: 60, data }]);
  });

  test('or are refused by name', () => {
    expect(() => packetRecord('x.test', 60, 'HTTPS', '1 .')).toThrow('type HTTPS');
    expect(() => packetRecord('x.test', 60, 'MX', 'ten mail.')).toThrow('field 1');
    expect(() => packetRecord('x.test', 60, 'MX', '10')).toThrow('no field 2');
  });
});
