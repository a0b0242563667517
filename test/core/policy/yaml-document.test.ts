import { expect, test } from 'vitest';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import { readYaml } from '../../../src/core/policy/yaml-document.js';
import { policy, policyProblems } from './problems.js';

/** Fails when reading takes so long that a person would think the program hangs. */
function quickly<T>(run: () => T): T {
  const started = performance.now();
  const result = run();
  expect(performance.now() - started).toBeLessThan(3000);
  return result;
}

test('a billion laughs are refused at the first alias', () => {
  const names = Array.from('abcdefghi');
  const lines = names.map((name, index) => {
    const before = names[index - 1];
    const items = before === undefined ? '"lol"' : Array.from({ length: 9 }, () => `*${before}`).join(', ');
    return `${name}: &${name} [${items}]`;
  });
  const problems = quickly(() => policyProblems(lines.join('\n')));
  expect(problems).toContain('2:8 b[0]: an alias (*name) is not allowed; write the value itself');
});

test.each([
  ['flow brackets', `a: ${'['.repeat(100_000)}`, '1:34'],
  ['closed brackets', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, '1:34'],
  ['flow mappings', '{a: '.repeat(60_000), '1:125'],
  ['dashes', '- '.repeat(100_000), '1:63'],
  ['question marks', '? '.repeat(100_000), '1:63'],
  ['indentation', Array.from({ length: 500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'), '32:32'],
])('endlessly nested %s are refused before they exhaust the stack', (_, text, place) => {
  expect(quickly(() => policyProblems(text))).toEqual([`${place} the file: is nested deeper than 32 levels`]);
});

test('a huge file is refused unread', () => {
  const text = `stages: [100]\n${'# padding\n'.repeat(30_000)}`;
  expect(quickly(() => policyProblems(text))).toEqual([
    '1:1 the file: is longer than 256 KiB; such a file is a few lines long',
  ]);
  expect(policyProblems(`stages: [100] #${'x'.repeat(256 * 1024 - 15)}`)).toEqual([]);
});

test('a mapping of tens of thousands of keys is refused', () => {
  const text = Array.from({ length: 25_000 }, (_, index) => `${index.toString(36)}:`).join('\n');
  const [problem] = quickly(() => policyProblems(text));
  expect(problem).toContain('the file: has more than 20000 words and signs');
});

test.each([
  ['stages: [100]\nttl: 60s\nttl: 90s', '3:1 the file: this key stands twice in the same mapping; keep one'],
  ['stages:\n\t- 100', '2:1 the file: a tab indents this line; YAML allows only spaces there'],
  ['stages: [100]\n---\nstages: [100]', '2:1 the file: a second document begins here; a file holds one'],
  [
    'stages: [100]\nttl: !duration 60s',
    '2:6 the file: a tag (!name) has no meaning here; write the plain value',
  ],
  [
    'stages: [100]\nname: !!binary abcd',
    '2:7 the file: a tag (!name) has no meaning here; write the plain value',
  ],
  [
    'stages: [100]\nprobes: {expect: {json: {"/a\\e": 1}}}',
    '2:26 probes.expect.json["/a<U+001B>"]: "/a<U+001B>" holds the control character U+001B; remove it',
  ],
  ['stages: &all [100]\nttl: *all', '2:6 ttl: an alias (*name) is not allowed; write the value itself'],
  ['stages: [100]\n1: one', '2:1 the file: this key is not text; write a name, in quotes if need be'],
  ['stages: [100]\n? [a]\n: b', '2:3 the file: this key is not text; write a name, in quotes if need be'],
  ['stages: [100]\nname: "a\\0b"', '2:7 name: "a<U+0000>b" holds the control character U+0000; remove it'],
  [
    'stages: [100]\nprobes: {expect: {body: "\\x1b[2J"}}',
    '2:25 probes.expect.body: "<U+001B>[2J" holds the control character U+001B; remove it',
  ],
])('%j is located', (text, problem) => {
  expect(policyProblems(text)).toEqual([problem]);
});

test.each(['stages: [10', 'stages: "10', 'stages: [100]\u0000', 'a: b: c', '*x', '%FOO\n---\nstages: [100]'])(
  'the broken YAML %j is refused with its place',
  (text) => {
    const problems = policyProblems(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => /^\d+:\d+ the file: /.test(problem))).toBe(true);
  },
);

test('faults of the text and of the values are said together', () => {
  expect(policyProblems('stages: [10]\nttl: 60s\nttl: 90s\ntll: 1s')).toEqual([
    '1:10 stages[0]: the last stage is 10; it must be 100, or the migration could never be completed',
    '3:1 the file: this key stands twice in the same mapping; keep one',
    '4:1 tll: the key "tll" is unknown; did you mean "ttl"?',
  ]);
});

test('an anchor that nobody uses, comments, Windows line ends and a byte order mark do no harm', () => {
  expect(policy('\ufeffstages: &all [10, 100] # all\r\nttl: 90s\r\n').ttlSeconds).toBe(90);
});

test('places are right after Windows line ends too', () => {
  expect(policyProblems('stages: [100]\r\n\r\nttl: 5\r\n')[0]).toContain('3:6 ttl');
});

test('YAML 1.1 is not spoken, whatever the file says', () => {
  expect(policyProblems('%YAML 1.1\n---\nstages: [100]\nlab: yes')).toEqual([
    '4:6 lab: expected true or false, not the text "yes"',
  ]);
  expect(policyProblems('stages: [100]\n<<: {lab: true}')[0]).toContain(
    '2:1 ["<<"]: the key "<<" is unknown',
  );
});

test('a file in a language of many code points is read and cut without harm', () => {
  const parsed = parsePolicy(`stages: [100]\nname: "${'😀'.repeat(100)}"`, 'x.yaml');
  expect(parsed.ok).toBe(false);
});

test('a value that is not there is located at the nearest one around it', () => {
  const { document } = readYaml('a:\n  b: 1\n', 'x.yaml');
  expect(document?.has(['a', 'c'])).toBe(false);
  expect(document?.locate(['a', 'c', 'd'])).toEqual({ file: 'x.yaml', line: 2, column: 3 });
  expect(document?.locate(['z'])).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  expect(document?.locate(['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 6 });
  expect(document?.locateKey(['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 3 });
});

test('mappings have no prototype', () => {
  const { document } = readYaml('__proto__: {a: 1}\n', 'x.yaml');
  expect(Object.getPrototypeOf(document?.root)).toBeNull();
});
