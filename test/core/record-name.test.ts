import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  displayName,
  hostName,
  isInZone,
  markerName,
  recordName,
  type RecordName,
} from '../../src/core/record-name.js';

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function refusal(parsed: ReturnType<typeof recordName>): string {
  return parsed.ok ? `accepted as ${parsed.value}` : parsed.error;
}

test.each([
  ['www.example.com', 'www.example.com.'],
  ['WWW.Example.COM.', 'www.example.com.'],
  ['_shift.www.example.com', '_shift.www.example.com.'],
  ['*.example.com', '\\052.example.com.'],
  ['\\052.example.com.', '\\052.example.com.'],
  ['\\101bc.example.com', 'abc.example.com.'],
  ['a b.example.com', 'a\\040b.example.com.'],
  ['a\\056b.example.com', 'a\\056b.example.com.'],
])('%s is normalised to %s', (text, normal) => {
  expect(recordName(text)).toEqual({ ok: true, value: normal });
});

test.each([
  ['', 'is empty'],
  ['.', 'is empty'],
  ['a..b', 'empty label'],
  ['.a', 'empty label'],
  ['a\\99.b', 'octal escape'],
  ['a\\400.b', 'octal escape'],
  [`${'a'.repeat(64)}.com`, 'longer than 63'],
  [`aa.${Array.from({ length: 126 }, () => 'a').join('.')}`, 'longer than 255'],
])('%j is refused', (text, reason) => {
  expect(refusal(recordName(text))).toContain(reason);
});

test('a label of 63 characters and a name of 255 octets are still names', () => {
  expect(recordName(`${'a'.repeat(63)}.com`).ok).toBe(true);
  expect(recordName(Array.from({ length: 127 }, () => 'a').join('.')).ok).toBe(true);
});

/** Names as Route 53 might return them: any case, escapes, every printable character. */
const anyName = fc
  .array(
    fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019-_*@ !\\')), minLength: 1, maxLength: 12 }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((labels) => labels.map((label) => label.replaceAll('\\', '\\134')).join('.'));

test('normalising a second time changes nothing', () => {
  fc.assert(
    fc.property(anyName, (text) => {
      expect(recordName(name(text))).toEqual({ ok: true, value: name(text) });
    }),
  );
});

test('case and the final dot make no difference', () => {
  fc.assert(
    fc.property(anyName, (text) => {
      expect(name(`${text.toUpperCase()}.`)).toBe(name(text.toLowerCase()));
    }),
  );
});

test('no text makes reading a name throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      expect(typeof recordName(text).ok).toBe('boolean');
      expect(typeof hostName(text).ok).toBe('boolean');
    }),
  );
});

test.each([
  ['https://www.example.com', 'is a URL'],
  ['www.example.com/path', 'is a URL'],
  ['*.example.com', 'is a wildcard'],
  ['\\052.example.com', 'is a wildcard'],
  ['büro.example.com', 'is not ASCII'],
  ['日本.example.com', 'is not ASCII'],
  // The Kelvin sign, which folds to a plain k.
  ['\u212aelvin.example.com', 'is not ASCII'],
  ['192.0.2.1', 'is an address'],
  ['www', 'not a full host name'],
  ['-www.example.com', 'is not a host name'],
  ['www-.example.com', 'is not a host name'],
  ['_shift.example.com', 'is not a host name'],
  ['www example.com', 'is not a host name'],
  ['', 'is empty'],
])('the host %j is refused', (text, reason) => {
  expect(refusal(hostName(text))).toContain(reason);
});

test.each([
  ['www.example.com', 'www.example.com.'],
  ['WWW.EXAMPLE.COM.', 'www.example.com.'],
  ['xn--bro-hoa.example.com', 'xn--bro-hoa.example.com.'],
  ['1.example.com', '1.example.com.'],
  ['example.com', 'example.com.'],
])('the host %s is accepted', (text, normal) => {
  expect(hostName(text)).toEqual({ ok: true, value: normal });
});

test('a name is in its zone label by label', () => {
  const zone = name('example.com');
  expect(isInZone(name('example.com'), zone)).toBe(true);
  expect(isInZone(name('a.b.example.com'), zone)).toBe(true);
  expect(isInZone(name('badexample.com'), zone)).toBe(false);
  expect(isInZone(name('com'), zone)).toBe(false);
});

test('the marker stands below the host, and people read names without the dot', () => {
  expect(markerName(name('www.example.com'))).toBe('_shift.www.example.com.');
  expect(displayName(name('www.example.com'))).toBe('www.example.com');
  expect(displayName('www.example.com')).toBe('www.example.com');
});
