import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantPolicy } from './policies.js';
import { WiredLab } from './wired-lab.js';
import { changesOf, recordsAt } from './writes.js';

let world: WiredLab;

beforeAll(async () => {
  world = await WiredLab.open();
});
afterAll(async () => {
  expect(changesOf(world.lab)).toEqual([]);
  expect(existsSync(join(world.stateDirectory, 'shift.db'))).toBe(false);
  await world[Symbol.asyncDispose]();
});

const bomb = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
stages: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
`;

/** What is wrong, the policy, and what is said: where it stands and why. */
const policies: [string, string, RegExp][] = [
  ['a typo', edited('dwell:', 'dwel:'), /bad\.yaml:5:1: dwel: .*dwell/],
  ['an unknown key', `colour: green\n${instantPolicy}`, /bad\.yaml:1:1: colour: /],
  ['an unknown key inside probes', edited('  port:', '  prot:'), /bad\.yaml:12:3: probes\.prot: .*port/],
  ['a number for a duration', edited('dwell: 500ms', 'dwell: 500'), /bad\.yaml:5:8: dwell: .*duration/],
  ['text for a share', edited('[10, 25,', '[10, many,'), /bad\.yaml:2:14: stages\[1\]: /],
  ['shares out of order', edited('10, 25', '25, 10'), /bad\.yaml:2:14: stages\[1\]: 10 comes after 25/],
  ['a first stage of 0', edited('[10', '[0'), /bad\.yaml:2:10: stages\[0\]: a stage of 0 moves nothing/],
  ['a last stage below 100', edited(', 100', ', 90'), /bad\.yaml:2:22: stages\[3\]: the last stage is 90/],
  ['no stages', edited('stages: [10, 25, 50, 100]', ''), /bad\.yaml:1:1: stages: /],
  ['a YAML bomb', bomb, /bad\.yaml:\d+:\d+: .*alias/i],
  ['a broken file', 'stages: [10, 25', /bad\.yaml:1:\d+: /],
  ['a list for a policy', '- 1\n- 2\n', /bad\.yaml:1:1: /],
  ['times too short without lab', edited('lab: true', ''), /bad\.yaml:3:6: ttl: must be at least 30s/],
];

describe.concurrent('a policy that cannot be right ends with 2 and says where', () => {
  test.for(policies)('%s', async ([what, text, said]) => {
    const file = `./${what.replaceAll(' ', '-')}/bad.yaml`;
    await world.file(file, text);
    for (const args of [
      ['policy', 'validate', file],
      [...world.request('start', file), '--yes'],
    ]) {
      const { code, stdout, stderr } = await world.run(args);
      expect({ code, stdout, stderr }).toMatchObject({ code: 2, stdout: '' });
      expect(stderr).toMatch(said);
    }
  });

  test('several faults are told at once', async () => {
    await world.file('several/bad.yaml', edited('dwell:', 'dwel:').replace('[10', '[0'));
    const { stderr } = await world.run(['policy', 'validate', './several/bad.yaml']);
    expect(stderr).toMatch(/bad\.yaml:2:10: [^]*bad\.yaml:5:1: /);
  });
});

describe.concurrent('what was typed cannot be right: 2', () => {
  const { heroku, alb } = { heroku: 'heroku:my-app', alb: 'aws:my-alb-1.eu-west-1.elb.amazonaws.com' };
  const lines: [string, string[], RegExp][] = [
    ['a host name with an empty label', ['www..example.com', '--from', heroku, '--to', alb], /host: /],
    ['a host name with a space', ['www example.com', '--from', heroku, '--to', alb], /host: /],
    [
      'a host name that is too long',
      [`${'a'.repeat(64)}.example.com`, '--from', heroku, '--to', alb],
      /host: /,
    ],
    [
      'an apex onto Heroku',
      ['example.com', '--from', alb, '--to', heroku],
      /example\.com is the apex of its zone/,
    ],
    ['a side that is none', ['www.example.com', '--from', 'azure:x', '--to', alb], /--from: /],
    ['one side twice', ['www.example.com', '--from', alb, '--to', alb], /--to: /],
    ['no sides', ['www.example.com'], /--from: is missing[^]*--to: is missing/],
    ['no host', ['--from', heroku, '--to', alb], /host: is missing/],
    [
      'a policy that does not exist',
      ['www.example.com', '--from', heroku, '--to', alb, '--policy', 'swift'],
      /standard/,
    ],
    ['a file that does not exist', ['-f', './nowhere.yaml'], /nowhere\.yaml cannot be read/],
    ['an option that does not exist', ['www.example.com', '--form', heroku], /--from/],
  ];

  test.for(lines)('%s', async ([, args, said]) => {
    const policy = args.includes('--policy') || args.includes('-f') ? [] : ['--policy', './instant.yaml'];
    const { code, stdout, stderr } = await world.run(['start', ...args, ...policy, '--yes']);
    expect({ code, stdout, stderr }).toMatchObject({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });

  test('start without --yes where nobody can be asked', async () => {
    const { code, stderr } = await world.run(world.request('start'));
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
  });

  test('a lab policy where one endpoint is not loopback', async () => {
    for (const outside of [
      { AWS_ENDPOINT_URL_ROUTE_53: 'https://route53.invalid' },
      { SHIFT_RESOLVER: '192.0.2.53:53' },
    ]) {
      const { code, stderr } = await world.run([...world.request('start'), '--yes'], outside);
      expect(code).toBe(2);
      expect(stderr).toMatch(/is not loopback, and a policy with "lab: true" runs only against a lab/);
    }
  });

  test('every variable of the environment that is wrong, at once; whoever only looks is told and goes on', async () => {
    const wrong = { SHIFT_DNS_PORT: '70000', HEROKU_HOST: 'http://heroku.invalid' };
    const both = /SHIFT_DNS_PORT: [^]*HEROKU_HOST: |HEROKU_HOST: [^]*SHIFT_DNS_PORT: /;
    const start = await world.run([...world.request('start'), '--yes'], wrong);
    expect(start.code).toBe(2);
    expect(start.stderr).toMatch(both);
    const list = await world.run(['list'], wrong);
    expect(list.code).toBe(0);
    expect(list.stderr).toMatch(both);
  });
});

describe.concurrent('the world does not allow it: 3', () => {
  const alb = 'aws:my-alb-1.eu-west-1.elb.amazonaws.com';
  const lines: [string, string[], RegExp][] = [
    ['an unknown app', ['www.example.com', '--from', 'heroku:no-such-app', '--to', alb], /no-such-app/],
    [
      'a zone that is not in the account',
      ['www.example.org', '--from', 'heroku:my-app', '--to', alb],
      /no public hosted zone/,
    ],
    [
      'a record that points at the target already',
      ['www.example.com', '--from', alb, '--to', 'heroku:my-app'],
      /but at the target already/,
    ],
  ];

  test.for(lines)('%s', async ([, args, said]) => {
    for (const verb of ['plan', 'preflight', 'start']) {
      const yes = verb === 'start' ? ['--yes'] : [];
      const { code, stderr } = await world.run([verb, ...args, '--policy', './instant.yaml', ...yes]);
      expect({ code, stderr }).toMatchObject({ code: 3 });
      expect(stderr).toMatch(said);
      expect(stderr).toContain('nothing was changed');
    }
  });

  test('a target that does not serve the host', async () => {
    await using other = await WiredLab.open();
    await other.lab.target.origin.change({ errors: { status: 500, fraction: 1 } });
    const { code, stderr } = await other.run([...other.request('start'), '--yes']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/refused \(target\): .*500/);
    expect(changesOf(other.lab)).toEqual([]);
    expect(existsSync(join(other.stateDirectory, 'shift.db'))).toBe(false);
  });

  test('a record that does not point at the source, or none at all', async () => {
    await using other = await WiredLab.open();
    const { lab } = other;
    const [record] = recordsAt(lab, `${lab.host}.`);
    const elsewhere = { ...record!, values: ['shop.example.net'] };
    lab.zones.change(lab.zoneId, [{ action: 'UPSERT', record: elsewhere }]);
    const differing = await other.run([...other.request('start'), '--yes']);
    expect(differing.code).toBe(3);
    expect(differing.stderr).toMatch(/does not point at the source[^]*--source-endpoint shop\.example\.net/);
    lab.zones.change(lab.zoneId, [{ action: 'DELETE', record: elsewhere }]);
    const missing = await other.run([...other.request('start'), '--yes']);
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('nothing stands at www.example.com in this zone');
    expect(changesOf(lab)).toEqual([]);
  });

  test('a verb for a migration that does not exist', async () => {
    await using other = await WiredLab.open();
    for (const verb of ['status', 'history', 'pause', 'resume', 'rollback', 'tick']) {
      const { code, stderr } = await other.run([verb, 'www.example.com']);
      expect({ verb, code, stderr }).toMatchObject({ code: 3 });
      expect(stderr).toContain(other.stateDirectory);
    }
  });

  test('a migration of a lab, outside of it', async () => {
    await using other = await WiredLab.open();
    await other.begin();
    for (const verb of ['tick', 'rollback']) {
      const { code, stderr } = await other.run([verb], {
        AWS_ENDPOINT_URL_ROUTE_53: 'https://route53.invalid',
      });
      expect({ verb, code }).toEqual({ verb, code: 3 });
      expect(stderr).toContain('is not loopback');
    }
    expect(changesOf(other.lab)).toEqual([]);
  });
});

function edited(from: string, to: string): string {
  expect(instantPolicy).toContain(from);
  return instantPolicy.replace(from, to);
}
