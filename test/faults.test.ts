import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * The faults this program is built to survive. Each has at least one test whose name begins with its number, so that
 * `npx vitest run -t 'fault 39:'` shows what happens; the numbers never change.
 */
const faults: Readonly<Record<number, string>> = {
  1: 'a change whose answer is lost after Route 53 has made it',
  2: 'a change that never reaches Route 53',
  3: 'a refusal that answers a repeated write',
  4: 'throttling by Route 53',
  5: 'Route 53 busy with an earlier request for minutes',
  6: 'a listing that is cut short or lost',
  7: 'a change that never becomes INSYNC',
  8: 'a change that Route 53 has forgotten',
  9: 'records or marker deleted by someone',
  10: 'weights moved forward by hand',
  11: 'everything put back to the source by hand',
  12: 'a third weighted record',
  13: 'records of another type or routing',
  14: 'a hosted zone deleted or made anew',
  15: 'a delegation that moved to another provider',
  16: 'a private and a public zone of one name',
  17: 'credentials that expire in the middle',
  18: 'one permission that is missing',
  19: 'the control plane of Route 53 down',
  20: 'credentials of another account',
  21: 'a wall clock that jumps a day ahead',
  22: 'a wall clock that jumps back an hour',
  23: 'a change of the clocks inside a window',
  24: 'a machine that was suspended for hours',
  25: "a clock that is too far from Amazon's",
  26: 'ticks that are missed or doubled',
  27: 'an event loop that was blocked for a minute',
  28: 'a full disk before a write',
  29: 'a full disk after a write',
  30: 'a state file locked by another program',
  31: 'a state that is read-only, foreign or open to others',
  32: 'a corrupted state',
  33: 'a state restored from an old backup',
  34: 'a state directory that was deleted',
  35: 'a state of a newer version',
  36: 'a power loss right after a commit',
  37: 'two controllers of one migration',
  38: 'a daemon started twice',
  39: 'a paused controller that wakes up and applies its old plan',
  40: "an operator's rollback in the middle of a daemon's stage",
  41: 'two operators at once',
  42: 'a policy that is changed for a running migration',
  43: 'a policy file that is deleted or made invalid during a migration',
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
  54: 'a target that was deleted while DNS points there',
  55: 'a source that a rollback would not find',
  56: 'a certificate that expires or lacks the name',
  57: 'a resolver that lies or keeps what it should forget',
  58: 'a rollback that fails',
  59: 'SIGTERM at any point',
  60: 'a process killed at any point',
};

const root = fileURLToPath(new URL('.', import.meta.url));
const texts = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'));

test.each(Object.entries(faults))('fault %s has a test of its name: %s', (number) => {
  expect(texts.some((text) => text.includes(`'fault ${number}: `))).toBe(true);
});
