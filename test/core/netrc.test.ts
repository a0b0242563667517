import fc from 'fast-check';
import { expect, test } from 'vitest';
import { netrcPassword } from '../../src/core/netrc.js';

const machine = 'api.heroku.com';

test.each([
  [
    'as heroku login writes it',
    'machine api.heroku.com\n  login ann@example.com\n  password t1\nmachine git.heroku.com\n  login ann\n  password t2\n',
  ],
  ['on one line', 'machine other.test login x password no machine api.heroku.com login ann password t1'],
  ['with the lines of Windows', 'machine api.heroku.com\r\n  password t1\r\n'],
  ['password first', 'machine api.heroku.com password t1 login ann'],
  ['after comments', '# machine api.heroku.com password no\nmachine api.heroku.com # mine\n  password t1'],
  [
    'after a macro',
    'machine a.test login x password y\nmacdef init\nmachine api.heroku.com password no\n\nmachine api.heroku.com password t1',
  ],
  ['in capitals', 'machine API.Heroku.com login ann password t1'],
  ['with an account', 'machine api.heroku.com login ann account password password t1'],
])('finds the password %s', (_how, text) => {
  expect(netrcPassword(text, machine)).toBe('t1');
});

test.each([
  ['nothing', ''],
  ['another machine', 'machine git.heroku.com login ann password no'],
  ['a default for every machine', 'default login ann password no'],
  ['no password', 'machine api.heroku.com login password'],
  [
    'a machine without a password before another',
    'machine api.heroku.com login ann machine b.test password no',
  ],
  ['the machine as a login', 'machine b.test login api.heroku.com password no'],
])('finds none in %s', (_what, text) => {
  expect(netrcPassword(text, machine)).toBeNull();
});

test('keeps a password that looks like a comment or a keyword', () => {
  expect(netrcPassword('machine api.heroku.com password #1', machine)).toBe('#1');
  expect(netrcPassword('machine api.heroku.com login macdef password machine', machine)).toBe('machine');
});

test('never throws and never makes up a password', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const found = netrcPassword(`${text}\nmachine api.heroku.com`, machine);
      expect(found === null || text.includes(found)).toBe(true);
    }),
  );
});
