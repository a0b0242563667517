import fc from 'fast-check';
import { expect, test } from 'vitest';
import { column, crop, displayWidth, fold } from '../../../src/cli/render/width.js';
import { safeText } from '../../../src/core/safe-text.js';
import { editorWidth } from './text-width.js';

const text = fc.string({ unit: 'binary', maxLength: 60 }).map((raw) => safeText(raw, 1_000));

test('letters take one column, wide characters two, combining marks none', () => {
  expect(displayWidth('www.shop.test')).toBe(13);
  expect(displayWidth('漢字')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('😀')).toBe(2);
});

test('every glyph of the views takes one column', () => {
  for (const glyph of '✔✖◌◷●○↺‖⚠?•█░├─└…') expect([glyph, displayWidth(glyph)]).toEqual([glyph, 1]);
});

test("no character counts less than in Node's own line editor", () => {
  const narrow: string[] = [];
  for (let code = 0x20; code < 0x40000; code += 1) {
    const character = String.fromCodePoint(code);
    // The editor takes some musical symbols apart before it counts.
    if (character.normalize('NFC') !== character) continue;
    if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(character)) continue;
    if (displayWidth(character) < editorWidth(character)) narrow.push(code.toString(16));
  }
  expect(narrow).toEqual([]);
});

test('cropped text says so and fits', () => {
  expect(crop('www.shop.test', 13)).toBe('www.shop.test');
  expect(crop('www.shop.test', 12)).toBe('www.shop.te…');
  expect(crop('漢字', 3)).toBe('漢…');
  expect(crop('漢字', 0)).toBe('');
  fc.assert(
    fc.property(text, fc.nat(40), (value, columns) => {
      expect(displayWidth(crop(value, columns))).toBeLessThanOrEqual(columns);
      expect(displayWidth(column(value, columns))).toBe(columns);
    }),
  );
});

test('folding breaks between words and loses none', () => {
  expect(fold('dwell of 6s is over', 10, 9)).toEqual(['dwell of', '6s is over']);
  expect(fold('a-word-that-is-too-long', 10, 9)).toEqual(['a-word-tha', 't-is-too-l', 'ong']);
  expect(fold('', 10, 9)).toEqual(['']);
  expect(fold(' 𐀀 indented', 8, 9)).toEqual([' 𐀀', 'indented']);
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (value, columns) => {
      const lines = fold(value, columns, Infinity);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
    }),
  );
});

test('what is folded away is marked on the last line', () => {
  expect(fold('one two three four five', 9, 2)).toEqual(['one two', 'three fo…']);
});
