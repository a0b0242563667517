import { expect, test } from 'vitest';
import { start } from '../../../src/adapters/probe/progress.js';
import { lateness, troubleOf } from '../../../src/adapters/probe/trouble.js';

const system = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

test.each(['EMFILE', 'ENFILE', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EPERM'])(
  '%s is trouble of this machine in whatever step it comes',
  (code) => {
    const progress = start('192.0.2.1', 443);
    expect(troubleOf(system(code), 'www.example.com', progress).result).toBe('unknown');
    progress.step = 'handshake';
    const because = `this machine could not connect to 192.0.2.1:443 (${code})`;
    expect(troubleOf(system(code), 'www.example.com', progress)).toEqual({ result: 'unknown', because });
  },
);

test.each([
  ['ENETUNREACH', true],
  ['EHOSTUNREACH', true],
  ['EADDRNOTAVAIL', true],
  ['EAFNOSUPPORT', true],
  ['EMFILE', undefined],
  ['EPERM', undefined],
])('%s before there is a connection: no route is %s', (code, noRoute) => {
  const trouble = troubleOf(system(code), 'www.example.com', start('2001:db8::1', 443));
  expect(trouble.noRoute).toBe(noRoute);
});

test('a connection the network gave up, or that nobody answers, is a failure of the side', () => {
  const progress = start('2001:db8::1', 443);
  expect(troubleOf(system('ETIMEDOUT'), 'www.example.com', progress)).toEqual({
    result: 'failed',
    because: 'no connection to [2001:db8::1]:443 (ETIMEDOUT)',
  });
  expect(lateness(1000, progress)).toEqual({
    result: 'failed',
    because: 'no connection to [2001:db8::1]:443 within 1s',
  });
});

test.each([new TypeError('x is not a function'), system('ERR_INVALID_ARG_TYPE')])(
  '%s is a fault of this program and no verdict',
  (error) => {
    expect(() => troubleOf(error, 'www.example.com', start('192.0.2.1', 443))).toThrow(error);
  },
);
