import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxFileBuckets, parseHistoryFile } from '../../../src/core/simulation/history-file.js';

describe('a past in a file', () => {
  test('as CSV: columns by their names, an empty cell is unknown', () => {
    const text = '\uFEFFtime,Requests,p99,errors\r\n12:00,600,0.2,1\r\n12:01,,,\r\n12:02,"601",0.3,0\r\n';
    expect(parseHistoryFile(text)).toEqual({ ok: true, value: [{ n: 600, e: 1 }, null, { n: 601, e: 0 }] });
  });

  test('as JSON: objects, and null for what is unknown', () => {
    const text = '[{"requests": 600, "errors": 1}, null, {"requests": 5, "errors": null}]';
    expect(parseHistoryFile(text)).toEqual({ ok: true, value: [{ n: 600, e: 1 }, null, null] });
  });

  test.each([
    ['requests,errors\n600,1\n600,x', 'row 2 is not two numbers'],
    ['requests,errors\n600', 'row 1 is not two numbers'],
    ['requests,errors\n-1,0', 'row 1 is not two numbers'],
    ['requests,errors\n1e999,0', 'row 1 is not two numbers'],
    ['requests,errors\n5,6', 'row 1 has more errors than requests'],
    ['a,b\n1,2', 'has no header with requests and errors'],
    ['', 'has no header'],
    ['[{"requests": "many"}]', 'row 1 is not two numbers'],
    ['[1]', 'row 1 is not two numbers'],
    ['[{', 'is no JSON'],
    [`requests,errors${'\n1,0'.repeat(maxFileBuckets + 1)}`, 'has more than'],
  ])('%j is refused with its reason', (text, because) => {
    expect(parseHistoryFile(text.slice())).toMatchObject({
      ok: false,
      error: expect.stringContaining(because) as unknown,
    });
  });

  test('any text is read or refused, and nothing impossible is ever read', () => {
    const start = fc.constantFrom('', '[', 'requests,errors\n');
    fc.assert(
      fc.property(start, fc.string({ unit: 'binary', maxLength: 60 }), (head, text) => {
        const parsed = parseHistoryFile(head + text);
        for (const counts of parsed.ok ? parsed.value : [])
          if (counts !== null)
            expect(counts.e >= 0 && counts.e <= counts.n && counts.n < Infinity).toBe(true);
      }),
    );
  });
});
