import { describe, expect, test } from 'vitest';
import { wrapped } from '../../../src/cli/render/wrapped.js';

describe('a line that is too long', () => {
  test('goes on under its text, and a log line beside its time', () => {
    expect(wrapped('  alpha beta gamma delta', 16)).toEqual(['  alpha beta', '      gamma', '      delta']);
    const line = '2026-11-20 18:42:07 ✔ settled: cached answers have expired by now';
    expect(wrapped(line, 50)).toEqual([
      '2026-11-20 18:42:07 ✔ settled: cached answers have',
      '                    expired by now',
    ]);
  });

  test('that fits stays as it is, blanks included', () => {
    expect(wrapped('a   b  ', 7)).toEqual(['a   b  ']);
    expect(wrapped('', 10)).toEqual(['']);
  });

  test('keeps a name and a command whole, on a line of their own', () => {
    const name = 'a-very-long-name.example.com';
    expect(wrapped(`the host ${name} is gone`, 20)).toEqual(['the host', `    ${name}`, '    is gone']);
    const command = 'shiftctl rollback www.example.com --reason "not now"';
    expect(wrapped(`look first; back to the source: ${command}`, 34)).toEqual([
      'look first; back to the source:',
      `    ${command}`,
    ]);
    expect(wrapped(command, 20)).toEqual([command]);
    expect(wrapped(`possible now: shiftctl status; why: ${command}`, 30)).toEqual([
      'possible now: shiftctl status;',
      '    why:',
      `    ${command}`,
    ]);
  });

  test('is measured in columns, and colours take none', () => {
    expect(wrapped('\u001b[32m✔ ok\u001b[0m fine', 9)).toEqual(['\u001b[32m✔ ok\u001b[0m fine']);
    expect(wrapped('全角 全角 全角', 9)).toEqual(['全角 全角', '    全角']);
  });
});
