import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/core/policy/parse-policy.js';
import { tellingChecks } from '../../src/engine/telling-check.js';
import { planOf, value } from '../core/story.js';

function checks(notify: string): string[] {
  const policy = value(parsePolicy(`stages: [100]\n${notify}`, 'test.yaml'));
  return tellingChecks(planOf({ policy })).map(({ verdict, fact }) => `${verdict}: ${fact}`);
}

const pager = 'pagerduty: { routingKeyFrom: env:KEY }';
const heartbeat = 'heartbeat: { url: https://beat.example.com/1 }';

test.each([
  ['', 'warning: nobody is told, and no channel is paged'],
  [`notify: { ${heartbeat} }`, 'warning: nobody is told, and no channel is paged'],
  [
    'notify: { channels: [{ slack: { urlFrom: env:S }, on: [inform] }] }',
    'warning: slack told, and no channel',
  ],
  [`notify: { channels: [{ ${pager} }] }`, 'warning: pages go to pagerduty, but nobody would notice'],
  [`notify: { channels: [{ ${pager} }], ${heartbeat} }`, 'ok: pages go to pagerduty, and a heartbeat'],
])('a plan with %s says: %s', (notify, expected) => {
  expect(checks(notify)).toEqual([expect.stringContaining(expected)]);
});

test('a lab has nobody to tell and says nothing of it', () => {
  expect(checks('lab: true')).toEqual([]);
});
