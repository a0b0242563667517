import { describe, expect, test } from 'vitest';
import { jsonText } from '../../src/cli/render/json-text.js';
import { onlyText } from '../../src/cli/render/only-text.js';
import { quietTerminal, wantsColor, type Terminal } from '../../src/cli/terminal.js';

describe('colour', () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '3' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ])('with %j on a terminal: %s, is %s', (env, isInteractive, expected) => {
    expect(wantsColor(env, isInteractive)).toBe(expected);
  });
});

describe('only text', () => {
  const colours = '\u001b[32m✔\u001b[0m done';

  test('keeps words, lines, tabs and, where they may be, our own sequences', () => {
    expect(onlyText('a\tb\nc — ✔ 日本', 'none')).toBe('a\tb\nc — ✔ 日本');
    expect(onlyText(colours, 'colour')).toBe(colours);
    expect(onlyText(colours, 'none')).toBe('[32m✔[0m done');
    expect(onlyText('\u001b[H\u001b[J\u001b[?25lx', 'screen')).toBe('\u001b[H\u001b[J\u001b[?25lx');
  });

  test('takes away what could do something', () => {
    expect(onlyText('\u001b[H\u001b[2J', 'colour')).toBe('[H[2J');
    expect(onlyText('\u001b]0;title\u0007\u009b31m\u202e\r\b\u0000\ud800', 'screen')).toBe(']0;title31m');
    expect(onlyText('\u001b[6n\u001b[5i\u001b[1;1H', 'screen')).toBe('[6n[5i[1;1H');
  });
});

test('a JSON document escapes what a terminal obeys, and loses nothing', () => {
  const value = { text: '\u001b[2J\u009b\u202e\u2028\u{e0001}\ud800 ü 😀' };
  const text = jsonText(value);
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028]/u);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('ü 😀');
});

test('a quiet terminal prints a result, keeps errors, and neither draws nor asks', () => {
  const said: string[] = [];
  const loud: Terminal = {
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    isInteractive: true,
    canAsk: true,
    hasColor: false,
    columns: () => 80,
    rows: () => 24,
  };
  quietTerminal(loud, true).out('result');
  const deed = quietTerminal(loud, false);
  deed.out('talk');
  deed.err('error');
  expect(said).toEqual(['result', 'error']);
  expect(deed).toMatchObject({ isInteractive: false, canAsk: false });
});
