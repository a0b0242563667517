import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * The faults this program is built to survive. Each has at least one test whose name begins with its number, so that
 * `npx vitest run -t 'fault 39:'` shows what happens; the numbers never change.
 */
const faults: Readonly<Record<number, string>> = {
  44: 'metrics missing',
  45: 'metrics late, the newest bucket half full',
  46: 'metrics NaN, negative, infinite, absurdly large, or a million points',
  47: 'a metric query that points at the wrong target group',
  48: 'a metric source that refuses or fails for an hour',
  49: 'no traffic at night',
  50: 'an error spike on both sides',
  51: 'a health endpoint that trickles, or has a body of a gigabyte',
  52: 'an endpoint that says 200 with an error page',
  53: 'a redirect to another host or to http',
};

const root = fileURLToPath(new URL('.', import.meta.url));
const texts = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'));

test.each(Object.entries(faults))('fault %s has a test of its name: %s', (number) => {
  expect(texts.some((text) => text.includes(`'fault ${number}: `))).toBe(true);
});
