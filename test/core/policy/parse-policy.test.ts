import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import { policy, policyProblems } from './problems.js';

const minutes = 60_000;

test('stages alone are a policy, with defaults fit for production', () => {
  expect(policy('stages: [10, 25, 50, 100]', 'policies/standard.yaml')).toEqual({
    name: 'standard',
    stages: [
      { share: 10, dwellMs: 30 * minutes },
      { share: 25, dwellMs: 30 * minutes },
      { share: 50, dwellMs: 30 * minutes },
      { share: 100, dwellMs: 24 * 60 * minutes },
    ],
    ttlSeconds: 60,
    finalTtlSeconds: null,
    tailMs: 30_000,
    bakeMs: 24 * 60 * minutes,
    tickEveryMs: minutes,
    gapAfterMs: 3 * minutes,
    bucketMs: minutes,
    settleDelayMs: 3 * minutes,
    probes: {
      path: '/',
      port: 443,
      everyMs: 2000,
      timeoutMs: 5000,
      failed: { count: 3, of: 6 },
      families: 'auto',
      expect: { status: [200], body: null, json: null },
      preflight: { count: 20, everyMs: 500 },
    },
    gate: {
      evidence: 'metrics',
      alpha: 0.01,
      tolerance: 1.25,
      minErrorRate: 0.0002,
      budget: 0.02,
      latency: 'off',
      maxHoldMs: 60 * minutes,
      blindAfterMs: 15 * minutes,
      onAsk: 'hold',
    },
    lab: false,
  });
});

test('every key is read', () => {
  const text = `
name: my-policy
stages: [{share: 5, dwell: 1h}, 50, {share: 100}]
ttl: 90s
finalTtl: 1h
tail: 10s
dwell: 20m
bake: 12h
tickEvery: 30s
gapAfter: 5m
bucketSeconds: 10
settleDelay: 2m
probes:
  path: /health?deep=1
  port: 8443
  every: 5s
  timeout: 3s
  failed: 2 of 4
  expect: {status: [200, 204], body: fine, json: {/status: up, /count: 3, /ok: true, /error: null}}
  preflight: {count: 5, every: 1s}
gate: {evidence: probes, alpha: 0.001, tolerance: 1.5, minErrorRate: 0.001, budget: 0.01, latency: {slowerThan: 800ms}, maxHold: 2h, blindAfter: 20m, onAsk: rollback}
lab: true
`;
  expect(policy(text)).toEqual({
    name: 'my-policy',
    stages: [
      { share: 5, dwellMs: 60 * minutes },
      { share: 50, dwellMs: 20 * minutes },
      { share: 100, dwellMs: 12 * 60 * minutes },
    ],
    ttlSeconds: 90,
    finalTtlSeconds: 3600,
    tailMs: 10_000,
    bakeMs: 12 * 60 * minutes,
    tickEveryMs: 30_000,
    gapAfterMs: 5 * minutes,
    bucketMs: 10_000,
    settleDelayMs: 2 * minutes,
    probes: {
      path: '/health?deep=1',
      port: 8443,
      everyMs: 5000,
      timeoutMs: 3000,
      failed: { count: 2, of: 4 },
      families: 'auto',
      expect: {
        status: [200, 204],
        body: 'fine',
        json: { '/status': 'up', '/count': 3, '/ok': true, '/error': null },
      },
      preflight: { count: 5, everyMs: 1000 },
    },
    gate: {
      evidence: 'probes',
      alpha: 0.001,
      tolerance: 1.5,
      minErrorRate: 0.001,
      budget: 0.01,
      latency: { slowerThanMs: 800 },
      maxHoldMs: 120 * minutes,
      blindAfterMs: 20 * minutes,
      onAsk: 'rollback',
    },
    lab: true,
  });
});

test('the dwell of the last stage is the bake', () => {
  const { stages, bakeMs } = policy('stages: [50, {share: 100, dwell: 2h}]');
  expect([stages[1]?.dwellMs, bakeMs]).toEqual([120 * minutes, 120 * minutes]);
});

test('a gap is three ticks unless the file says otherwise', () => {
  expect(policy('stages: [100]\ntickEvery: 2m').gapAfterMs).toBe(6 * minutes);
});

test.each([
  ['policies/cautious.yaml', 'cautious'],
  ['C:\\work\\Mine.yaml', 'custom'],
  ['fast', 'fast'],
  ['/tmp/.yaml', 'custom'],
  ['', 'custom'],
])('a policy in %j is called %s', (file, name) => {
  expect(policy('stages: [100]', file).name).toBe(name);
});

test.each([
  ['', '1:1 the file: has no value; expected a mapping (key: value)'],
  ['# nothing but this', '1:1 the file: has no value; expected a mapping (key: value)'],
  ['hello', '1:1 the file: expected a mapping (key: value), not the text "hello"'],
  ['- 10\n- 100', '1:1 the file: expected a mapping (key: value), not a list'],
  ['ttl: 60s', '1:1 stages: is missing; expected a list'],
])('%j is no policy', (text, problem) => {
  expect(policyProblems(text)).toEqual([problem]);
});

test.each([
  ['tickevery: 1m', '2:1 tickevery: the key "tickevery" is unknown; did you mean "tickEvery"?'],
  ['gap_after: 9m', '2:1 gap_after: the key "gap_after" is unknown; did you mean "gapAfter"?'],
  ['tll: 60s', '2:1 tll: the key "tll" is unknown; did you mean "ttl"?'],
  ['probes: {prot: 443}', '2:10 probes.prot: the key "prot" is unknown; did you mean "port"?'],
  [
    'probes: {expect: {statsu: [200]}}',
    '2:19 probes.expect.statsu: the key "statsu" is unknown; did you mean "status"?',
  ],
  [
    'probes: {preflight: {cuont: 3}}',
    '2:22 probes.preflight.cuont: the key "cuont" is unknown; did you mean "count"?',
  ],
  ['gate: {tolerence: 2}', '2:8 gate.tolerence: the key "tolerence" is unknown; did you mean "tolerance"?'],
])('the unknown key of %s is found and explained', (line, problem) => {
  expect(policyProblems(`stages: [100]\n${line}`)).toEqual([problem]);
});

test('a holdback is kept from the last stage', () => {
  const { stages } = policy('stages: [10, 50, 100]\nholdback: 5', 'a.yaml');
  expect(stages.map(({ share }) => share)).toEqual([10, 50, 95]);
});

test('a holdback that leaves the last stage no more than the one before is refused', () => {
  expect(policyProblems('stages: [10, 95, 100]\nholdback: 5')).toEqual([
    '2:11 holdback: a holdback of 5 leaves 95 for the last stage, which must be more than the 95 before it',
  ]);
  expect(policyProblems('stages: [100]\nholdback: 11')).toHaveLength(1);
});

test('a key that is misspelled and thereby missing is said to be both', () => {
  expect(policyProblems('stagse: [100]')).toEqual([
    '1:1 stages: is missing; expected a list',
    '1:1 stagse: the key "stagse" is unknown; did you mean "stages"?',
  ]);
});

test.each(['dashboard', 'approve'])(
  'the key %s, which nothing acts on, is refused rather than ignored',
  (key) => {
    const [problem, ...others] = policyProblems(`stages: [100]\n${key}: {}`);
    expect(problem).toContain(`2:1 ${key}: the key "${key}" is unknown`);
    expect(others).toEqual([]);
  },
);

test('a typo inside a stage is found', () => {
  expect(policyProblems('stages:\n  - {share: 10, dwel: 5m}\n  - 100')).toEqual([
    '2:17 stages[0].dwel: the key "dwel" is unknown; did you mean "dwell"?',
  ]);
});

const duration = 'a duration such as 30s, 10m or 24h';

test.each([
  ['ttl: 60', `2:6 ttl: expected ${duration}, not the number 60; add the unit, for example 60s`],
  ['ttl:', `2:5 ttl: has no value; expected ${duration}`],
  ['ttl: [60s]', `2:6 ttl: expected ${duration}, not a list`],
  ['ttl: true', `2:6 ttl: expected ${duration}, not the word true`],
  ['dwell: 1 hour', `2:8 dwell: "1 hour" is not ${duration}`],
  ['tail: -5s', `2:7 tail: "-5s" is not ${duration}`],
  [
    'bake: 9000d',
    '2:7 bake: "9000d" is longer than 366 days; write a number with a unit, for example 30s, 10m or 24h',
  ],
  ['bake: 31d', '2:7 bake: must be at most 30d, not 31d'],
  ['ttl: 25h', '2:6 ttl: must be at most 1d, not 25h'],
  ['finalTtl: 2d', '2:11 finalTtl: must be at most 1d, not 2d'],
  ['finalTtl: 0s', '2:11 finalTtl: must be at least 1s, not 0s'],
  ['ttl: 30s500ms', '2:6 ttl: must be whole seconds, not 30s500ms'],
  ['tail: 2h', '2:7 tail: must be at most 1h, not 2h'],
  ['settleDelay: 2h', '2:14 settleDelay: must be at most 1h, not 2h'],
  ['tickEvery: 2h', '2:12 tickEvery: must be at most 1h, not 2h'],
  ['gapAfter: 2d', '2:11 gapAfter: must be at most 1d, not 2d'],
  ['bucketSeconds: 7', '2:16 bucketSeconds: the number 7 is not one of 1, 10, 60'],
  ['bucketSeconds: 60s', '2:16 bucketSeconds: "60s" is not one of 1, 10, 60; did you mean "60"?'],
  ['name: My Policy', '2:7 name: "My Policy" is not a name; write lower-case letters, digits and hyphens'],
  ['lab: yes', '2:6 lab: expected true or false, not the text "yes"'],
  ['probes: []', '2:9 probes: expected a mapping (key: value), not a list'],
  ['probes: {path: health}', '2:16 probes.path: "health" must begin with a slash'],
  [
    'probes: {path: /a b}',
    '2:16 probes.path: "/a b" has a character that cannot stand in a path; write it percent-encoded, a space as %20',
  ],
  ['probes: {port: 0}', '2:16 probes.port: must be at least 1, not 0'],
  ['probes: {port: 65536}', '2:16 probes.port: must be at most 65535, not 65536'],
  ['probes: {port: "443"}', '2:16 probes.port: expected a whole number, not the text "443"'],
  ['probes: {port: 4.5}', '2:16 probes.port: expected a whole number, not the number 4.5'],
  ['probes: {port: .inf}', '2:16 probes.port: expected a whole number, not the number Infinity'],
  ['probes: {timeout: 31s}', '2:19 probes.timeout: must be at most 30s, not 31s'],
  ['probes: {every: 10ms}', '2:17 probes.every: must be at least 50ms, not 10ms'],
  [
    'probes: {failed: 3}',
    '2:18 probes.failed: expected two numbers such as "3 of 6", the second at most 60, not the number 3',
  ],
  [
    'probes: {failed: 3/6}',
    '2:18 probes.failed: expected two numbers such as "3 of 6", the second at most 60, not "3/6"',
  ],
  ['probes: {failed: 0 of 6}', '2:18 probes.failed: "0 of 6" would fail a side that never failed'],
  ['probes: {failed: 7 of 6}', '2:18 probes.failed: "7 of 6" can never happen; write "6 of 7"'],
  ['probes: {failed: 3 of 61}', '2:18 probes.failed: "3 of 61" looks back over more than 60 probes'],
  ['probes: {expect: {status: 200}}', '2:27 probes.expect.status: expected a list, not the number 200'],
  ['probes: {expect: {status: []}}', '2:27 probes.expect.status: must have at least 1 entries, not 0'],
  ['probes: {expect: {status: [200, 99]}}', '2:33 probes.expect.status[1]: must be at least 100, not 99'],
  ['probes: {expect: {body: ""}}', '2:25 probes.expect.body: must have at least 1 characters, not 0'],
  [
    'probes: {expect: {json: {a: 1}}}',
    '2:26 probes.expect.json.a: "a" is not a JSON pointer; it begins with a slash, for example /status',
  ],
  [
    'probes: {expect: {json: {/a: [1]}}}',
    '2:30 probes.expect.json["/a"]: expected one plain value, not a list',
  ],
  ['probes: {preflight: {count: 101}}', '2:29 probes.preflight.count: must be at most 100, not 101'],
  [
    'gate: {onAsk: rolback}',
    '2:15 gate.onAsk: "rolback" is not one of hold, rollback; did you mean "rollback"?',
  ],
  ['gate: {maxHold: 31d}', '2:17 gate.maxHold: must be at most 30d, not 31d'],
])('%s', (line, problem) => {
  expect(policyProblems(`stages: [100]\n${line}`)).toEqual([problem]);
});

test('everything that is wrong is said at once, from top to bottom', () => {
  const text = `ttl: 60
stages: [0, 50, 25, "x", 90]
dwell: 1m
probes:
  prot: 443
  timeout: 20s
tickEvery: 15s
gapAfter: 20s
gate: {onAsk: never}
`;
  expect(policyProblems(text)).toEqual([
    `1:6 ttl: expected ${duration}, not the number 60; add the unit, for example 60s`,
    '2:10 stages[0]: a stage of 0 moves nothing: the take-over already stands at 0; begin with 1 or more',
    '2:17 stages[2]: 25 comes after 50; each share is larger than the one before',
    '2:21 stages[3]: expected a share such as 25 or a mapping {share: 25, dwell: 1h}, not the text "x"',
    '2:26 stages[4]: the last stage is 90; it must be 100, or the migration could never be completed',
    '3:8 dwell: must be at least 5m, not 1m; only "lab: true" lifts this, and it refuses every endpoint that is not loopback',
    '5:3 probes.prot: the key "prot" is unknown; did you mean "port"?',
    "6:12 probes.timeout: a probe's timeout of 20s is longer than a tick (tickEvery is 15s)",
    '8:11 gapAfter: a gap of 20s is less than two ticks (tickEvery is 15s), so every late tick would restart the dwell',
    '9:15 gate.onAsk: "never" is not one of hold, rollback',
  ]);
});

test('a file with hundreds of faults names fifty and counts the rest', () => {
  const lines = Array.from({ length: 200 }, (_, index) => `x${index}: 1`).join('\n');
  const problems = policyProblems(`stages: [100]\n${lines}`);
  expect(problems).toHaveLength(51);
  expect(problems[49]).toContain('51:1 x49');
  expect(problems[50]).toBe('52:1 x50: 150 more problems from here on');
});

test('no key of a file reaches a prototype', () => {
  const text = 'stages: [100]\n__proto__: {lab: true, polluted: 1}\nconstructor: {a: 1}\ntoString: 1\n';
  const problems = policyProblems(text);
  expect(problems.map((line) => line.split(':').slice(0, 2).join(':'))).toEqual([
    '2:1 __proto__',
    '3:1 constructor',
    '4:1 toString',
  ]);
  expect('polluted' in {}).toBe(false);
  expect(policyProblems('stages: [100]\nprobes: {expect: {json: {__proto__: 1}}}')).toEqual([
    '2:26 probes.expect.json.__proto__: this key is not allowed',
  ]);
});

test('a message never repeats a character that a terminal would act on', () => {
  const text = 'stages: [100]\n"k\\e[31m": 1\nttl: "\\e]0;x\\a"\nname: "\\u202eevil"\n';
  const problems = policyProblems(text);
  expect(problems).toHaveLength(3);
  expect(problems.join('').replaceAll(/[ -~]/g, '')).toBe('');
});

test('no text makes reading a policy throw', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => typeof parsePolicy(text, 'x').ok === 'boolean'),
  );
  const yamlish = fc.string({
    unit: fc.constantFrom(...Array.from('stages: [1]{}-\n\t"\'&*!|>%#?,0\\')),
    maxLength: 120,
  });
  fc.assert(
    fc.property(yamlish, (text) => typeof parsePolicy(text, 'x').ok === 'boolean'),
    { numRuns: 500 },
  );
});

const keys = ['stages', 'ttl', 'dwell', 'bake', 'probes', 'gate', 'lab', 'share', 'expect', 'json', 'x'];
const anyTree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, 10, 100, -1, 1.5, '30s', '1h', '3 of 6', '/', 'hold', ''),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 4 }),
  ),
})).tree;

test('no tree of values makes reading a policy throw, and every refusal has a place and a sentence', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), anyTree), (tree) => {
      const parsed = parsePolicy(stringify(tree), 'x.yaml');
      const problems = parsed.ok ? [] : parsed.error;
      expect(parsed.ok || problems.length > 0).toBe(true);
      for (const { location, where, message } of problems) {
        expect(location?.line).toBeGreaterThan(0);
        expect(location?.column).toBeGreaterThan(0);
        expect(where).not.toBe('');
        expect(message).not.toBe('');
        expect(message).not.toMatch(/undefined|NaN|\[object/);
      }
    }),
    { numRuns: 150 },
  );
});

test('what is accepted keeps the promises of a policy', () => {
  const stages = fc.uniqueArray(fc.integer({ min: -5, max: 110 }), { maxLength: 8 });
  fc.assert(
    fc.property(stages, (shares) => {
      const parsed = parsePolicy(`stages: [${shares.join(', ')}]`, 'x.yaml');
      const isRight =
        shares.at(-1) === 100 &&
        shares.every((share, index) => share > (index === 0 ? 0 : (shares[index - 1] ?? 0)));
      expect(parsed.ok).toBe(isRight);
    }),
  );
});
