import { expect, test } from 'vitest';
import { instant } from '../../../src/core/time.js';
import { haltLines } from '../../../src/cli/render/halt-lines.js';

const at = instant(1_700_000_000_000);

test('fault 10: a halt shows every difference it found, up to a bound, and how to find out who made it', () => {
  const differences = Array.from({ length: 45 }, (_, index) => `www.example.com: + CNAME ${index}`);
  const lines = haltLines({ type: 'halted', at, cause: 'drift', because: 'records differ', differences });
  expect(lines).toHaveLength(43);
  expect(lines.slice(0, 2)).toEqual(['    www.example.com: + CNAME 0', '    www.example.com: + CNAME 1']);
  expect(lines[40]).toContain('and 5 more');
  expect(lines.at(-1)).toContain('cloudtrail lookup-events');
  expect(haltLines({ type: 'restored', at })).toEqual([]);
});
