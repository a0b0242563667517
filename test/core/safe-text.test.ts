import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeText } from '../../src/core/safe-text.js';

test.each([
  ['plain text stays', 'plain text stays'],
  ['two\r\nlines\tand\u2028more', 'two lines and more'],
  ['  blanks   around ', 'blanks around'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u009b2Jcleared', 'cleared'],
  ['\u001b]0;title\u0007after', 'after'],
  ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bPdevice\u001b\\control', 'control'],
  ['never \u001b]closed', 'never ]closed'],
  ['\u001b\u001b[31m[31mnested', '[31mnested'],
  ['bell\u0007 nul\u0000 del\u007f c1\u0085x\u0090', 'bell nul del c1 x'],
  ['user\u202egnp.exe', 'usergnp.exe'],
  ['a\u2066b\u2069c\u200fd\u061ce', 'abcde'],
  ['zero\u200bwidth\ufeff', 'zerowidth'],
  ['half \ud83d pair', 'half  pair'],
  ['Grüße, 世界 🚀', 'Grüße, 世界 🚀'],
])('%j becomes %j', (text, expected) => {
  expect(safeText(text, 100)).toBe(expected);
});

test('what is too long is cut where a reader sees it, never inside a character', () => {
  expect(safeText('abcdef', 6)).toBe('abcdef');
  expect(safeText('abcdefg', 6)).toBe('abcde…');
  expect(safeText('abcd🚀g', 6)).toBe('abcd…');
});

test('no text whatsoever yields a control character, an invisible one or more than was asked for', () => {
  const dangerous = fc.constantFrom(
    '\u001b',
    '[',
    ']',
    '\u0007',
    '\\',
    '\u009b',
    '\u202e',
    '\n',
    'm',
    '1',
    ';',
  );
  const any = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
  const hostile = fc.array(fc.oneof(dangerous, any), { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 30 }), (text, maxLength) => {
      const safe = safeText(text, maxLength);
      return safe.length <= maxLength && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(safe);
    }),
  );
});
