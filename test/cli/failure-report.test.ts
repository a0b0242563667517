import { expect, test } from 'vitest';
import { failureLines } from '../../src/cli/failure-report.js';

test('every problem of an input has its place, and it is said that nothing was changed', () => {
  const lines = failureLines({
    reason: 'invalid-input',
    problems: [
      { location: { file: 'my.yaml', line: 3, column: 9 }, where: 'ttl', message: 'is not a duration' },
      { location: null, where: '--from', message: 'is missing' },
    ],
  });
  expect(lines).toEqual(['my.yaml:3:9: ttl: is not a duration', '--from: is missing', 'nothing was changed']);
});

test('what to type stays on lines of its own', () => {
  const fix =
    'type these lines:\nsudo ifconfig lo0 alias 127.53.1.1 up\nsudo ifconfig lo0 alias 127.53.1.2 up';
  const lines = failureLines({ reason: 'refused', check: 'lab', message: 'no addresses', fix });
  expect(lines).toEqual([
    'refused (lab): no addresses',
    'what to do: type these lines:',
    'sudo ifconfig lo0 alias 127.53.1.1 up',
    'sudo ifconfig lo0 alias 127.53.1.2 up',
    'nothing was changed',
  ]);
});

test('foreign text cannot reach the terminal as a control sequence', () => {
  const failure = {
    reason: 'unknown',
    provider: 'route53',
    operation: 'ChangeResourceRecordSets',
    message: 'a\u001b[2Jb',
    details: [],
  } as const;
  const text = failureLines({ reason: 'provider', failure, changed: 'nothing was changed' }).join('');
  expect(text).not.toContain('\u001b');
});
