import { expect, test } from 'vitest';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import { policyProblems } from './problems.js';

test('channels, heartbeat and hooks are read with their defaults, two of a kind with names of their own', () => {
  const read = parsePolicy(
    `stages: [100]
notify:
  channels:
    - slack: { urlFrom: env:SLACK_URL }
    - slack: { urlFrom: file:/run/secrets/slack }
      on: [completed]
    - pagerduty: { routingKeyFrom: env:PD_KEY }
  heartbeat: { urlFrom: env:BEAT_URL }
hooks:
  beforeStage: { url: https://gate.example.com/ask, secretFrom: env:GATE_SECRET }
`,
    'test.yaml',
  );
  expect(read.ok && read.value.notify).toEqual({
    channels: [
      { name: 'slack', on: ['page', 'inform'], to: { kind: 'slack', urlFrom: 'env:SLACK_URL' } },
      { name: 'slack-2', on: ['completed'], to: { kind: 'slack', urlFrom: 'file:/run/secrets/slack' } },
      {
        name: 'pagerduty',
        on: ['page'],
        to: { kind: 'pagerduty', routingKeyFrom: 'env:PD_KEY', region: 'us' },
      },
    ],
    repeatEveryMs: 600_000,
    heartbeat: { address: { urlFrom: 'env:BEAT_URL' }, allowPrivate: false },
  });
  expect(read.ok && read.value.hooks).toEqual({
    beforeStage: {
      webhook: {
        kind: 'webhook',
        address: { url: 'https://gate.example.com/ask' },
        secretFrom: 'env:GATE_SECRET',
        allowPrivate: false,
      },
      timeoutMs: 10_000,
    },
  });
});

test.each([
  [
    'notify: { channels: [{ slack: { urlFrom: https://hooks.slack.com/x } }] }',
    'does not say where the secret is',
  ],
  ['notify: { channels: [{ webhook: { url: http://example.com } }] }', 'is not an https URL'],
  ['notify: { channels: [{ webhook: { url: "https://me:pw@example.com" } }] }', 'is not an https URL'],
  ['notify: { channels: [{ webhook: {} }] }', 'needs either url'],
  ['notify: { channels: [{ on: [page] }] }', 'needs exactly one of slack, pagerduty and webhook'],
  ['notify: { heartbeat: {} }', 'needs either url'],
  ['hooks: { beforeStage: { url: "https://a.example", timeout: 5m } }', 'at most 30s'],
  ['notify: { channels: [{ slack: { urlFrom: env:A }, on: [everything] }] }', 'everything'],
])('%s is refused: %s', (text, problem) => {
  expect(policyProblems(`stages: [100]\n${text}`).join()).toContain(problem);
});
