import { expect, test } from 'vitest';
import { policy, policyProblems } from './problems.js';

const advice = 'only "lab: true" lifts this, and it refuses every endpoint that is not loopback';

test.each([
  ['ttl: 29s', `2:6 ttl: must be at least 30s, not 29s; ${advice}`],
  ['dwell: 4m59s', `2:8 dwell: must be at least 5m, not 4m59s; ${advice}`],
  ['bake: 1m', `2:7 bake: must be at least 5m, not 1m; ${advice}`],
  ['tickEvery: 9s', `2:12 tickEvery: must be at least 10s, not 9s; ${advice}`],
  ['bucketSeconds: 1', `2:16 bucketSeconds: must be 10 or 60, not 1; ${advice}`],
])('%s is for the lab only', (line, problem) => {
  expect(policyProblems(`stages: [100]\n${line}`)).toEqual([problem]);
  expect(policyProblems(`stages: [100]\n${line}\nlab: true`)).toEqual([]);
  expect(policyProblems(`stages: [100]\n${line}\nlab: false`)).toEqual([problem]);
});

test.each(['ttl: 30s', 'dwell: 5m', 'bake: 5m', 'tickEvery: 10s', 'bucketSeconds: 10'])(
  '%s is the least for production',
  (line) => {
    expect(policyProblems(`stages: [100]\n${line}`)).toEqual([]);
  },
);

test("a stage's own dwell has the same floor", () => {
  expect(policyProblems('stages:\n  - share: 10\n    dwell: 1m\n  - 100')).toEqual([
    `3:12 stages[0].dwell: must be at least 5m, not 1m; ${advice}`,
  ]);
});

test.each([
  [
    '[0, 100]',
    '1:10 stages[0]: a stage of 0 moves nothing: the take-over already stands at 0; begin with 1 or more',
  ],
  ['[-5, 100]', '1:10 stages[0]: a share is at least 1, not -5'],
  ['[101]', '1:10 stages[0]: a share is at most 100, not 101'],
  [
    '[10, 50]',
    '1:14 stages[1]: the last stage is 50; it must be 100, or the migration could never be completed',
  ],
  ['[50, 25, 100]', '1:14 stages[1]: 25 comes after 50; each share is larger than the one before'],
  ['[10, 10, 100]', '1:14 stages[1]: the stage of 10 stands twice; each share is larger than the one before'],
  [
    '[{share: 50}, {share: 25}, 100]',
    '1:23 stages[1]: 25 comes after 50; each share is larger than the one before',
  ],
  [
    '[12.5, 100]',
    '1:10 stages[0]: expected a share such as 25 or a mapping {share: 25, dwell: 1h}, not the number 12.5',
  ],
  [
    '[10%, 100]',
    '1:10 stages[0]: expected a share such as 25 or a mapping {share: 25, dwell: 1h}, not the text "10%"',
  ],
  ['[{dwell: 1h}, 100]', '1:10 stages[0].share: is missing; expected a whole number from 1 to 100'],
  ['[{share: 7.5}, 100]', '1:18 stages[0].share: expected a whole number from 1 to 100, not the number 7.5'],
  ['[]', '1:9 stages: names no stage; write for example [10, 25, 50, 100]'],
  ['10', '1:9 stages: expected a list, not the number 10'],
])('stages %s', (stages, problem) => {
  expect(policyProblems(`stages: ${stages}`)).toEqual([problem]);
});

test('twenty stages are enough for anybody', () => {
  const twenty = [...Array.from({ length: 19 }, (_, index) => index + 1), 100];
  expect(policy(`stages: [${twenty.join(', ')}]`).stages).toHaveLength(20);
  expect(policyProblems(`stages: [${[...twenty.slice(0, 19), 20, 100].join(', ')}]`)).toEqual([
    '1:9 stages: must have at most 20 entries, not 21',
  ]);
});

test('a gap is at least two ticks', () => {
  const words = 'so every late tick would restart the dwell';
  expect(policyProblems('stages: [100]\ntickEvery: 1m\ngapAfter: 119s')).toEqual([
    `3:11 gapAfter: a gap of 1m59s is less than two ticks (tickEvery is 1m), ${words}`,
  ]);
  expect(policyProblems('stages: [100]\ngapAfter: 2m')).toEqual([]);
});

test('probes fit into a tick; the value that stands in the file is the one pointed at', () => {
  const lab = 'stages: [100]\nlab: true\n';
  expect(policyProblems(`${lab}tickEvery: 4s`)).toEqual([
    "3:12 tickEvery: a probe's timeout of 5s is longer than a tick (tickEvery is 4s)",
  ]);
  expect(policyProblems(`${lab}tickEvery: 4s\nprobes: {timeout: 4s, every: 5s}`)).toEqual([
    '4:30 probes.every: a probe every 5s leaves ticks without one (tickEvery is 4s)',
  ]);
  expect(policyProblems(`${lab}tickEvery: 4s\nprobes: {timeout: 4s, every: 4s}`)).toEqual([]);
});

test('the last dwell is given once', () => {
  expect(policyProblems('stages: [{share: 100, dwell: 1h}]\nbake: 1h')).toEqual([
    '1:30 stages[0].dwell: the dwell of the last stage is also given as "bake"; keep one of the two',
  ]);
});

test('a rule does not judge the default that stands in for a faulty value', () => {
  expect(policyProblems('stages: [100]\ntickEvery: soon\ngapAfter: 1s')).toEqual([
    '2:12 tickEvery: "soon" is not a duration such as 30s, 10m or 24h',
  ]);
  expect(policyProblems('stages: [100]\nlab: ja\nttl: 1s')).toEqual([
    '2:6 lab: expected true or false, not the text "ja"',
  ]);
});

test('the times of the quickest wire tests are a policy', () => {
  const text = `lab: true
stages: [50, 100]
ttl: 1s
tail: 0s
dwell: 500ms
bake: 500ms
tickEvery: 100ms
gapAfter: 5s
bucketSeconds: 1
settleDelay: 0s
probes: {every: 100ms, timeout: 100ms, failed: 2 of 3, preflight: {count: 1, every: 50ms}}
`;
  expect(policy(text).tickEveryMs).toBe(100);
});
