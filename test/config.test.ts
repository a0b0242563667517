import { expect, test } from 'vitest';
import {
  readConfig,
  refuseNonLoopback,
  type Config,
  type ConfigFlags,
  type Environment,
  type Surroundings,
} from '../src/config.js';
import { isLoopback } from '../src/config/setting-value.js';

function surroundings(...files: string[]): Surroundings {
  return {
    workingDirectory: '/home/ann/shop/deploy',
    homeDirectory: '/home/ann',
    fileExists: (path) => files.includes(path),
  };
}

function config(env: Environment = {}, flags: ConfigFlags = {}, around = surroundings()): Config {
  const read = readConfig(env, flags, around);
  if (!read.ok) throw new Error(read.error.map(({ where, message }) => `${where} ${message}`).join('\n'));
  return read.value;
}

function problems(env: Environment, flags: ConfigFlags = {}): string[] {
  const read = readConfig(env, flags, surroundings());
  return read.ok ? [] : read.error.map(({ where, message }) => `${where} ${message}`);
}

test('an empty environment is a configuration for production', () => {
  const expected: Config = {
    stateDirectory: { path: '/home/ann/.local/state/shift', from: 'the home directory' },
    resolver: null,
    reportResolvers: null,
    dnsPort: 53,
    caFile: null,
    herokuHost: null,
    herokuToken: null,
    herokuTokenTrouble: null,
    herokuStatusUrl: null,
    route53Endpoint: null,
    cloudWatchEndpoint: null,
    notifyStandIn: null,
    policy: null,
    policiesDirectory: null,
    output: 'text',
    isLab: false,
  };
  expect(config()).toEqual(expected);
  const unset = {
    SHIFT_RESOLVER: '',
    SHIFT_DNS_PORT: '',
    SHIFT_LAB: '',
    HEROKU_API_KEY: '',
    SHIFT_STATE_DIR: '',
  };
  expect(config({ ...unset, XDG_STATE_HOME: '', HEROKU_HOST: '' })).toEqual(expected);
});

test('the environment of the lab is read whole', () => {
  const env = {
    SHIFT_STATE_DIR: '/tmp/lab',
    SHIFT_RESOLVER: '127.9.0.53:5300',
    SHIFT_DNS_PORT: '5300',
    SHIFT_CA_FILE: 'ca.pem',
    SHIFT_LAB: '1',
    HEROKU_HOST: 'http://127.0.0.1:8081',
    HEROKU_API_KEY: 'lab',
    HEROKU_STATUS_URL: 'http://127.0.0.1:8081',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:8080',
  };
  expect(config(env, {}, surroundings('/home/ann/shop/deploy/ca.pem'))).toEqual({
    stateDirectory: { path: '/tmp/lab', from: 'SHIFT_STATE_DIR' },
    resolver: { address: '127.9.0.53', port: 5300 },
    reportResolvers: null,
    dnsPort: 5300,
    caFile: '/home/ann/shop/deploy/ca.pem',
    herokuHost: 'http://127.0.0.1:8081',
    herokuToken: 'lab',
    herokuTokenTrouble: null,
    herokuStatusUrl: 'http://127.0.0.1:8081',
    route53Endpoint: 'http://127.0.0.1:8080',
    cloudWatchEndpoint: 'http://127.0.0.1:8080',
    notifyStandIn: null,
    policy: null,
    policiesDirectory: null,
    output: 'text',
    isLab: true,
  });
});

test('a configuration cannot be changed', () => {
  const frozen = config({ SHIFT_RESOLVER: '127.0.0.1:53' });
  expect([frozen, frozen.stateDirectory, frozen.resolver].every((part) => Object.isFrozen(part))).toBe(true);
});

test('the state directory is the first that is named or found', () => {
  const found = surroundings('/home/ann/shop/state/shift.db', '/home/state/shift.db');
  const env = { SHIFT_STATE_DIR: '/srv/state', XDG_STATE_HOME: '/home/ann/xdg' };
  const xdg = { XDG_STATE_HOME: '/home/ann/xdg' };
  expect(config(env, { stateDir: 'mine' }, found).stateDirectory).toEqual({
    path: '/home/ann/shop/deploy/mine',
    from: '--state-dir',
  });
  expect(config(env, {}, found).stateDirectory).toEqual({ path: '/srv/state', from: 'SHIFT_STATE_DIR' });
  expect(config(xdg, {}, found).stateDirectory).toEqual({
    path: '/home/ann/shop/state',
    from: 'the nearest state/shift.db',
  });
  expect(config(xdg, {}, surroundings('/state/shift.db')).stateDirectory.path).toBe('/state');
  expect(config(xdg).stateDirectory).toEqual({ path: '/home/ann/xdg/shift', from: 'XDG_STATE_HOME' });
});

test('a folder called state without a database in it is somebody else’s', () => {
  expect(config({}, {}, surroundings('/home/ann/shop/state')).stateDirectory.from).toBe('the home directory');
});

test('a relative XDG_STATE_HOME is ignored, as its specification asks', () => {
  expect(config({ XDG_STATE_HOME: 'xdg' }).stateDirectory.from).toBe('the home directory');
});

test.each([
  ['127.0.0.1:53', '127.0.0.1', 53],
  ['[::1]:5300', '::1', 5300],
  ['192.0.2.7:65535', '192.0.2.7', 65_535],
])('SHIFT_RESOLVER=%s is an address and a port', (text, address, port) => {
  expect(config({ SHIFT_RESOLVER: text }).resolver).toEqual({ address, port });
});

test.each([
  ['none', []],
  ['1.1.1.1', [{ address: '1.1.1.1', port: 53 }]],
  [
    '9.9.9.9, 127.0.0.1:5300,2620:fe::fe',
    [
      { address: '9.9.9.9', port: 53 },
      { address: '127.0.0.1', port: 5300 },
      { address: '2620:fe::fe', port: 53 },
    ],
  ],
])('SHIFT_REPORT_RESOLVERS=%s is a list of addresses', (text, addresses) => {
  expect(config({ SHIFT_REPORT_RESOLVERS: text }).reportResolvers).toEqual(addresses);
});

const advice = 'is not an address and a port; write for example 127.0.0.1:5300 or [::1]:53';
const noList =
  'is not a list of at most 8 addresses; write for example 1.1.1.1,9.9.9.9 or 127.0.0.1:5300, or none';
const noPort = 'is not a port; write a number from 1 to 65535';

test.each([
  ['SHIFT_RESOLVER', '127.0.0.1', advice],
  ['SHIFT_RESOLVER', 'localhost:53', advice],
  ['SHIFT_RESOLVER', '::1:53', advice],
  ['SHIFT_RESOLVER', '256.0.0.1:53', advice],
  ['SHIFT_RESOLVER', '[127.0.0.1', advice],
  ['SHIFT_REPORT_RESOLVERS', '1.1.1.1,,9.9.9.9', noList],
  ['SHIFT_REPORT_RESOLVERS', 'dns.google', noList],
  ['SHIFT_REPORT_RESOLVERS', Array.from({ length: 9 }, () => '1.1.1.1').join(), noList],
  ['SHIFT_RESOLVER', '127.0.0.1:0', noPort],
  ['SHIFT_RESOLVER', '127.0.0.1:99999', noPort],
  ['SHIFT_DNS_PORT', '0', noPort],
  ['SHIFT_DNS_PORT', '65536', noPort],
  ['SHIFT_DNS_PORT', '5e3', noPort],
  ['SHIFT_DNS_PORT', 'dns', noPort],
  ['SHIFT_CA_FILE', 'none.pem', 'names a file that does not exist: /home/ann/shop/deploy/none.pem'],
  ['SHIFT_LAB', 'yes', 'is neither on nor off; write 1 or leave it out'],
  [
    'HEROKU_HOST',
    'http://api.heroku.com',
    'sends credentials to api.heroku.com unencrypted; write https:// (http is for loopback only)',
  ],
  [
    'HEROKU_HOST',
    'http://127.0.0.1.example.com',
    'sends credentials to 127.0.0.1.example.com unencrypted; write https:// (http is for loopback only)',
  ],
  [
    'HEROKU_STATUS_URL',
    'http://status.heroku.com',
    'sends questions to status.heroku.com unencrypted; write https:// (http is for loopback only)',
  ],
  [
    'HEROKU_STATUS_URL',
    'status.heroku.com',
    'is not a URL; write for example https://host or http://127.0.0.1:8080',
  ],
  ['HEROKU_HOST', 'a b', 'is not a URL; write for example https://host or http://127.0.0.1:8080'],
  [
    'AWS_ENDPOINT_URL',
    'http://192.0.2.1',
    'sends credentials to 192.0.2.1 unencrypted; write https:// (http is for loopback only)',
  ],
  ['AWS_ENDPOINT_URL', 'ftp://127.0.0.1', 'begins with ftp://; write https://'],
  [
    'AWS_ENDPOINT_URL_ROUTE_53',
    'route53',
    'is not a URL; write for example https://host or http://127.0.0.1:8080',
  ],
])('%s=%s is refused', (name, value, message) => {
  expect(problems({ [name]: value })).toEqual([`${name} ${message}`]);
});

test('everything that is wrong is said at once', () => {
  const env = {
    SHIFT_RESOLVER: 'x',
    SHIFT_DNS_PORT: 'x',
    SHIFT_LAB: 'x',
    AWS_ENDPOINT_URL: 'x',
    HEROKU_HOST: 'ftp://x',
  };
  const wheres = problems(env, { stateDir: '' }).map((problem) => problem.split(' ')[0]);
  expect(wheres.sort()).toEqual([...Object.keys(env), '--state-dir'].sort());
});

test('no message repeats a secret', () => {
  const secret = 'hunter2';
  const text = problems({
    HEROKU_API_KEY: `${secret} with a space`,
    HEROKU_HOST: `https://user:${secret}@api.heroku.com`,
    AWS_ENDPOINT_URL: `http://user:${secret}@192.0.2.1`,
    AWS_ENDPOINT_URL_ROUTE_53: secret,
  });
  expect(text).toHaveLength(4);
  expect(text.join('\n')).not.toContain(secret);
});

test.each(['line\nbreak', 'tab\t', 'ünicode', ' '])('the token %j could not be sent in a header', (token) => {
  expect(problems({ HEROKU_API_KEY: token })).toHaveLength(1);
});

test('https is accepted anywhere, http on loopback, and a bare Heroku host means https', () => {
  expect(config({ HEROKU_HOST: 'https://api.staging.herokudev.com' }).herokuHost).toBe(
    'https://api.staging.herokudev.com',
  );
  expect(config({ HEROKU_HOST: 'api.heroku.com' }).herokuHost).toBe('https://api.heroku.com');
  for (const host of ['127.0.0.1:1', '127.9.9.9', '[::1]:80', 'localhost:8080'])
    expect(config({ AWS_ENDPOINT_URL: `http://${host}` }).route53Endpoint).toBe(`http://${host}`);
});

test('the endpoint of Route 53 is the one the AWS SDK would take', () => {
  const both = { AWS_ENDPOINT_URL: 'https://all.example', AWS_ENDPOINT_URL_ROUTE_53: 'https://dns.example' };
  expect(config(both).route53Endpoint).toBe('https://dns.example');
  expect(config({ ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }).route53Endpoint).toBeNull();
});

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['128.0.0.1', false],
  ['127.0.0.1.example.com', false],
  ['127.example.com', false],
  ['::ffff:192.0.2.1', false],
  ['localhost.example.com', false],
  ['0.0.0.0', false],
  ['', false],
])('%j: loopback is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('a lab policy runs only where everything is set to loopback', () => {
  const lab = {
    SHIFT_RESOLVER: '127.0.0.1:53',
    HEROKU_HOST: 'http://127.0.0.1:81',
    HEROKU_STATUS_URL: 'http://127.0.0.1:81',
    AWS_ENDPOINT_URL: 'http://[::1]:80',
  };
  const refused = (env: Environment): string[] => refuseNonLoopback(config(env)).map(({ where }) => where);
  expect(refused(lab)).toEqual([]);
  expect(refused({})).toEqual([
    'AWS_ENDPOINT_URL_ROUTE_53',
    'AWS_ENDPOINT_URL_CLOUDWATCH',
    'HEROKU_HOST',
    'HEROKU_STATUS_URL',
    'SHIFT_RESOLVER',
  ]);
  expect(refused({ ...lab, SHIFT_RESOLVER: '192.0.2.1:53' })).toEqual(['SHIFT_RESOLVER']);
  expect(refused({ ...lab, HEROKU_HOST: 'https://api.heroku.com' })).toEqual(['HEROKU_HOST']);
  expect(refused({ ...lab, HEROKU_STATUS_URL: 'https://status.heroku.com' })).toEqual(['HEROKU_STATUS_URL']);
  expect(refused({ ...lab, AWS_ENDPOINT_URL_ROUTE_53: 'https://route53.amazonaws.com' })).toEqual([
    'AWS_ENDPOINT_URL_ROUTE_53',
  ]);
  expect(refused({ ...lab, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toEqual([
    'AWS_ENDPOINT_URL_ROUTE_53',
    'AWS_ENDPOINT_URL_CLOUDWATCH',
  ]);
  const [problem] = refuseNonLoopback(config({ ...lab, SHIFT_RESOLVER: '192.0.2.1:53' }));
  expect(problem?.message).toBe(
    '192.0.2.1 is not loopback, and a policy with "lab: true" runs only against a lab; type: eval "$(shiftctl lab env)"',
  );
});

const login = 'machine api.heroku.com\n  login ann@example.com\n  password HRKU-from-netrc\n';

function withNetrc(text: string, isPrivate = true): Surroundings {
  const secretFile: Surroundings['secretFile'] = (path) =>
    path === '/home/ann/.netrc' ? { text, isPrivate } : null;
  return { ...surroundings(), secretFile };
}

test('the token that heroku login left in ~/.netrc is used where HEROKU_API_KEY is not set', () => {
  expect(config({}, {}, withNetrc(login)).herokuToken).toBe('HRKU-from-netrc');
  expect(config({ HEROKU_API_KEY: 'mine' }, {}, withNetrc(login)).herokuToken).toBe('mine');
  expect(config({ HEROKU_API_KEY: '' }, {}, withNetrc(login)).herokuToken).toBe('HRKU-from-netrc');
});

test('a token is sent to no other host than the one it was written for', () => {
  const lab = { HEROKU_HOST: 'http://127.0.0.1:8081' };
  expect(config(lab, {}, withNetrc(login)).herokuToken).toBeNull();
  expect(config({}, {}, withNetrc('default login ann password any')).herokuToken).toBeNull();
});

test('a ~/.netrc that others may read, or that holds no token, is passed over with what to type, and stops nothing', () => {
  const open = config({}, {}, withNetrc(login, false));
  expect(open).toMatchObject({
    herokuToken: null,
    herokuTokenTrouble: expect.stringContaining('chmod 600 ~/.netrc') as string,
  });
  const wrong = config({}, {}, withNetrc('machine api.heroku.com password t\u00f6ken'));
  expect(wrong).toMatchObject({
    herokuToken: null,
    herokuTokenTrouble: expect.stringContaining('heroku login') as string,
  });
  for (const { herokuTokenTrouble } of [open, wrong]) expect(herokuTokenTrouble).not.toMatch(/HRKU|ken$/);
  expect(config({ HEROKU_API_KEY: 'mine' }, {}, withNetrc(login, false)).herokuTokenTrouble).toBeNull();
});

test('what stands in for Slack and PagerDuty is on loopback, over https', () => {
  const { notifyStandIn } = config({ SHIFT_NOTIFY_STAND_IN: 'https://127.0.0.1:8443/' });
  expect(notifyStandIn).toBe('https://127.0.0.1:8443');
  for (const url of ['https://hooks.example.com', 'http://127.0.0.1:8443', 'https://u:p@127.0.0.1'])
    expect(() => config({ SHIFT_NOTIFY_STAND_IN: url })).toThrow();
});
