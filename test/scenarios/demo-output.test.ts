import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { startProduct, withoutSlowDisk } from './product.js';

/** What would lead a product elsewhere that heeds it. */
const elsewhere = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_PROFILE: 'no-such-profile',
  AWS_ACCESS_KEY_ID: 'nobody',
  HEROKU_API_KEY: 'nobody',
  SHIFT_RESOLVER: '127.0.0.1:9',
  SHIFT_DNS_PORT: '9',
};

test('demo without a terminal prints one line per event, ends with 4, and ignores the settings around it', async () => {
  const { PATH = '', HOME = '' } = process.env;
  const args = ['demo', '--scenario', 'target-errors'];
  await using product = await startProduct({ PATH, HOME, ...elsewhere }, args, tmpdir());
  const { code, stdout, stderr } = await product.finished();
  expect(withoutSlowDisk(stderr)).toBe('');
  expect(code).toBe(4);
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  const lines = stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /.test(line));
  const told = lines.map((line) => line.slice('2026-01-01 00:00:00 '.length));
  const steps = [
    '◌ taking over (generation 1)',
    '◌ moving to 10% (generation 2)',
    '◌ moving to 25% (generation 3)',
    '↺ rollback requested by the guard: ',
    '✔ rollback written',
    '↺ rolled back',
  ];
  const found = steps.map((step) => told.findIndex((line) => line.startsWith(step)));
  expect(found).not.toContain(-1);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(told[found[3]!]).toMatch(/\[set \d+%, name servers \d+%, users \d+%\]$/);
});
