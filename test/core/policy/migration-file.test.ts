import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMigrationFile, type MigrationFile } from '../../../src/core/policy/migration-file.js';
import { described } from './problems.js';

function migration(text: string): MigrationFile {
  const parsed = parseMigrationFile(text, 'migration.yaml');
  if (!parsed.ok) throw new Error(described(parsed).join('\n'));
  return parsed.value;
}

function problems(text: string): string[] {
  return described(parseMigrationFile(text, 'migration.yaml'));
}

const hosts = 'hosts:\n  www.example.com: {from: heroku:my-app, to: aws:alb.example.net}';
const app = { platform: 'heroku', app: 'my-app' };
const alb = { platform: 'aws', dnsName: 'alb.example.net.' };

test('hosts and their two sides are a migration', () => {
  expect(migration(hosts)).toEqual({
    zone: null,
    policy: null,
    hosts: [{ host: 'www.example.com.', from: app, to: alb }],
  });
});

test('both directions, several hosts and every key are read', () => {
  const text = `
zone: /hostedzone/Z0123456789
policy: cautious
hosts:
  WWW.Example.com.:
    from: aws:alb.example.net
    to: heroku:my-app
  api.example.com: {from: aws:alb.example.net, to: heroku:my-api}
`;
  expect(migration(text)).toEqual({
    zone: 'Z0123456789',
    policy: { type: 'name', name: 'cautious', location: { file: 'migration.yaml', line: 3, column: 9 } },
    hosts: [
      { host: 'www.example.com.', from: alb, to: app },
      { host: 'api.example.com.', from: alb, to: { platform: 'heroku', app: 'my-api' } },
    ],
  });
});

test.each(['./mine.yaml', 'mine.yml', 'policies/mine', '/etc/shift/mine.YAML', '..\\mine'])(
  'the policy %s is a path',
  (path) => {
    expect(migration(`policy: ${path}\n${hosts}`).policy).toMatchObject({ type: 'path', path });
  },
);

test('a policy can be written into the file', () => {
  const { policy } = migration(`policy:\n  stages: [50, 100]\n  ttl: 90s\n${hosts}`);
  expect(policy).toMatchObject({ type: 'inline', policy: { name: 'inline', ttlSeconds: 90 } });
});

test('the problems of a policy inside have the places of this file', () => {
  expect(problems(`policy:\n  stages: [50, 25]\n  tll: 90s\n  dwell: 1m\n${hosts}`)).toEqual([
    '2:16 policy.stages[1]: 25 comes after 50; each share is larger than the one before',
    '3:3 policy.tll: the key "tll" is unknown; did you mean "ttl"?',
    '4:10 policy.dwell: must be at least 5m, not 1m; only "lab: true" lifts this, and it refuses every endpoint that is not loopback',
  ]);
});

const forms = 'write heroku:<app> or aws:<dns name>';

test.each([
  ['', '1:1 the file: has no value; expected a mapping (key: value)'],
  ['zone: Z1', '1:1 hosts: is missing; expected a mapping (key: value)'],
  ['hosts: {}', '1:8 hosts: names no host'],
  ['hosts: []', '1:8 hosts: expected a mapping (key: value), not a list'],
  [
    `zone: example.com\n${hosts}`,
    '1:7 zone: "example.com" is not the id of a hosted zone; it looks like Z0123456789ABCDEFGHIJ',
  ],
  [`polcy: fast\n${hosts}`, '1:1 polcy: the key "polcy" is unknown; did you mean "policy"?'],
  [
    `policy:\n${hosts}`,
    '1:8 policy: has no value; expected the name or path of a policy, or a policy itself',
  ],
  [
    `policy: ""\n${hosts}`,
    '1:9 policy: has no value; expected the name or path of a policy, or a policy itself',
  ],
  [
    `policy: 5\n${hosts}`,
    '1:9 policy: expected the name or path of a policy, or a policy itself, not the number 5',
  ],
  [
    `policy: [fast]\n${hosts}`,
    '1:9 policy: expected the name or path of a policy, or a policy itself, not a list',
  ],
  [
    'hosts:\n  www.example.com:',
    '2:19 hosts["www.example.com"]: has no value; expected a mapping (key: value)',
  ],
  [
    'hosts:\n  www.example.com: heroku:my-app',
    '2:20 hosts["www.example.com"]: expected a mapping (key: value), not the text "heroku:my-app"',
  ],
  [
    'hosts:\n  www.example.com: {from: heroku:my-app}',
    '2:20 hosts["www.example.com"].to: is missing; expected heroku:<app> or aws:<dns name>',
  ],
  [
    'hosts:\n  www.example.com: {from: heroku:my-app, to: 5}',
    '2:46 hosts["www.example.com"].to: expected heroku:<app> or aws:<dns name>, not the number 5',
  ],
  [
    'hosts:\n  www.example.com: {from: my-app, to: aws:alb.example.net}',
    `2:27 hosts["www.example.com"].from: "my-app" does not say its platform; ${forms}`,
  ],
  [
    'hosts:\n  www.example.com: {from: heroku:my-app, to: heroku:other}',
    '2:46 hosts["www.example.com"].to: both sides are on Heroku; a migration moves a host between Heroku and AWS',
  ],
  [
    'hosts:\n  www.example.com: {form: heroku:my-app, from: heroku:my-app, to: aws:alb.example.net}',
    '2:21 hosts["www.example.com"].form: the key "form" is unknown; did you mean "from"?',
  ],
  [
    'hosts:\n  www: {from: heroku:my-app, to: aws:alb.example.net}',
    '2:3 hosts.www: "www" is not a full host name; write it with its domain, for example www.example.com',
  ],
  [
    'hosts:\n  "https://www.example.com": {from: heroku:my-app, to: aws:alb.example.net}',
    '2:3 hosts["https://www.example.com"]: "https://www.example.com" is a URL; give the bare host name',
  ],
  [
    'hosts:\n  "*.example.com": {from: heroku:my-app, to: aws:alb.example.net}',
    '2:3 hosts["*.example.com"]: "*.example.com" is a wildcard; name one host',
  ],
  [
    'hosts:\n  192.0.2.1: {from: heroku:my-app, to: aws:alb.example.net}',
    '2:3 hosts["192.0.2.1"]: "192.0.2.1" is an address; give a host name',
  ],
])('%j is refused', (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test('no host reaches a prototype', () => {
  expect(problems('hosts:\n  __proto__: {from: heroku:my-app, to: aws:alb.example.net}')).toEqual([
    '2:3 hosts.__proto__: this key is not allowed',
    '2:3 hosts: names no host',
  ]);
});

test('a host is named once, however it is spelled', () => {
  expect(problems(`${hosts}\n  WWW.example.com.: {from: heroku:my-app, to: aws:alb.example.net}`)).toEqual([
    '3:3 hosts["WWW.example.com."]: is www.example.com a second time; "www.example.com" names it already',
  ]);
});

test('one migration moves at most fifty hosts', () => {
  const many = (count: number): string =>
    `hosts:\n${Array.from({ length: count }, (_, index) => `  h${index}.example.com: {from: heroku:my-app, to: aws:alb.example.net}`).join('\n')}`;
  expect(migration(many(50)).hosts).toHaveLength(50);
  expect(problems(many(51))).toEqual(['2:3 hosts: names 51 hosts; one migration moves at most 50']);
});

test('everything that is wrong is said at once', () => {
  const text = `zone: 5
policy: {stages: [10], tick: 1m}
hosts:
  www: {from: heroku:X, to: aws:192.0.2.1}
  api.example.com: {from: aws:alb.example.net}
windows: []
`;
  expect(problems(text).map((problem) => problem.split(': ')[0])).toEqual([
    '1:7 zone',
    '2:19 policy.stages[0]',
    '2:24 policy.tick',
    '4:3 hosts.www',
    '4:15 hosts.www.from',
    '4:29 hosts.www.to',
    '5:20 hosts["api.example.com"].to',
    '6:1 windows',
  ]);
});

test('no text makes reading a migration file throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, side) => {
      const text = JSON.stringify({ hosts: { [key]: { from: side, to: 'heroku:my-app' } } });
      expect(typeof parseMigrationFile(text, 'x').ok).toBe('boolean');
      expect(typeof parseMigrationFile(key, 'x').ok).toBe('boolean');
    }),
  );
});
