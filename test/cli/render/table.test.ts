import { expect, test } from 'vitest';
import { listView } from '../../../src/cli/render/list-view.js';
import { table } from '../../../src/cli/render/table.js';
import { displayWidth } from '../../../src/cli/render/width.js';
import { Journey } from './journey.js';

const rows = [
  ['HOST', 'SINCE', 'NEXT', 'ID'],
  ['www.example.com', '2026-11-20', 'nothing before somebody resumes it', 'www-7c1f0a'],
  ['api.example.com', '2026-11-21', '-', 'api-1'],
];

test('columns are as wide as their widest cell', () => {
  expect(
    table(
      [
        ['A', 'B'],
        ['long one', '全角'],
        ['', 'c'],
      ],
      80,
    ),
  ).toEqual(['A         B', 'long one  全角', '          c']);
});

test('where it is too wide columns go in their order, and then cells are cropped, the last never', () => {
  expect(table(rows, 70, ['SINCE', 'NEXT'])[1]).toBe(
    'www.example.com  nothing before somebody resumes it  www-7c1f0a',
  );
  expect(table(rows, 40, ['SINCE', 'NEXT'])).toEqual([
    'HOST             ID',
    'www.example.com  www-7c1f0a',
    'api.example.com  api-1',
  ]);
  expect(table(rows, 20, ['SINCE', 'NEXT'])).toEqual([
    'HOST      ID',
    'www.exa…  www-7c1f0a',
    'api.exa…  api-1',
  ]);
});

test('a list leaves out what can be looked up, and never breaks an id', () => {
  const status = new Journey().status();
  const fitted = listView([status], status.since, 80);
  expect(fitted[0]).not.toContain('POLICY');
  expect(fitted[1]?.endsWith(status.id)).toBe(true);
  const long = listView([{ ...status, id: 'i'.repeat(75) }], status.since, 80);
  expect(long.slice(1)).toEqual([
    expect.stringMatching(/^www\.shop\.test {2}◷ planned/),
    `  ${'i'.repeat(75)}`,
  ]);
  for (const lines of [fitted, long]) expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80);
});
