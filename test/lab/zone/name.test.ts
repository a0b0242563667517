import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatName, isWithin, normaliseName, parentName, parseName } from '../../../src/lab/zone/name.js';

/** Labels of any bytes but capital letters, which DNS folds. */
const label = fc
  .array(
    fc.integer({ min: 0, max: 255 }).filter((byte) => byte < 65 || byte > 90),
    { minLength: 1, maxLength: 40 },
  )
  .map((bytes) => String.fromCharCode(...bytes));
const labels = fc.array(label, { minLength: 1, maxLength: 6 });

describe('names', () => {
  it('round-trip through escape and unescape', () => {
    fc.assert(
      fc.property(labels, (given) => {
        expect(parseName(formatName(given))).toEqual({ kind: 'labels', labels: given });
      }),
    );
  });

  it('are normalised once: normalising again changes nothing', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const name = formatName(given);
        expect(name).toMatch(/^(([a-z0-9_-]|\\[0-7]{3})+\.)+$/);
        expect(normaliseName(name)).toEqual({ kind: 'name', name });
      }),
    );
  });

  it('fold capital letters whether they are escaped or not, and nothing else', () => {
    expect(normaliseName('A\\102c.\\311')).toEqual({ kind: 'name', name: 'abc.\\311.' });
  });

  it('refuse a backslash that begins no escape', () => {
    for (const name of ['a\\', 'a\\1', 'a\\400', 'a\\09x', 'a\\.b'])
      expect(normaliseName(name).kind).toBe('fault');
  });

  it('have parents up to the last label, and lie within an apex label by label', () => {
    expect(parentName('a.b.')).toBe('b.');
    expect(parentName('b.')).toBeUndefined();
    expect(isWithin('a.b.', 'b.')).toBe(true);
    expect(isWithin('b.', 'b.')).toBe(true);
    expect(isWithin('ab.', 'b.')).toBe(false);
    expect(isWithin('a\\056b.', 'b.')).toBe(false);
  });
});
