import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/store/canonical-json.js';
import { json } from './samples.js';

/** The same value with the keys of every object set in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
  return Object.fromEntries(members.reverse());
}

test('equal values have equal text, and the text is the value', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(JSON.parse(text)).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('the example of RFC 8785, section 3.2.2', () => {
  const example = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`) as unknown;
  expect(canonicalJson(example)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test('keys are ordered by UTF-16 code units (RFC 8785, section 3.2.3)', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
  const ordered = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
  const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
  expect(text).toBe(`{${ordered.map((key) => `${JSON.stringify(key)}:0`).join(',')}}`);
});

test('half a surrogate pair is escaped', () => {
  expect(canonicalJson('a\ud83d')).toBe(String.raw`"a\ud83d"`);
});

test('undefined properties are left out', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test.each([
  ['NaN', Number.NaN, 'number'],
  ['Infinity', Number.POSITIVE_INFINITY, 'number'],
  ['undefined in a list', undefined, 'undefined'],
  ['a Date', new Date(0), 'object'],
  ['a bigint', 1n, 'bigint'],
])('%s is refused with its place', (_, value, kind) => {
  expect(() => canonicalJson({ list: [1, value] })).toThrow(`JSON cannot hold the ${kind} at $.list[1]`);
});
