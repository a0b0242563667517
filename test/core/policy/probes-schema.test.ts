import { expect, test } from 'vitest';
import { sideProbes } from '../../../src/core/policy/policy.js';
import { policy, policyProblems } from './problems.js';

function probes(text: string): ReturnType<typeof policy>['probes'] {
  return policy(`stages: [100]\nprobes: ${text}`).probes;
}

test('both sides are probed alike unless the file says otherwise', () => {
  const common = probes('{path: /health, every: 3s}');
  expect(sideProbes(common, 'source')).toBe(common);
  expect(sideProbes(common, 'target')).toMatchObject({ path: '/health', everyMs: 3000 });
  expect(common).not.toHaveProperty('source');
  expect(common.families).toBe('auto');
});

test('a side has its own schedule and path, and the rest from the common ones', () => {
  const own = probes('{path: /health, every: 3s, source: {every: 10s}, target: {path: /ready}}');
  expect(sideProbes(own, 'source')).toMatchObject({ path: '/health', everyMs: 10_000 });
  expect(sideProbes(own, 'target')).toMatchObject({ path: '/ready', everyMs: 3000 });
});

test('the expectations of a side are merged with the common ones key by key, and null lifts one', () => {
  const merged = probes(
    '{expect: {status: [200, 204], body: fine, headers: {X-Powered-By: null}}, target: {expect: {json: {/deployment: v42}, body: null}}, source: {expect: {headers: null}}}',
  );
  expect(sideProbes(merged, 'target').expect).toEqual({
    status: [200, 204],
    body: null,
    json: { '/deployment': 'v42' },
    headers: { 'x-powered-by': null },
  });
  expect(sideProbes(merged, 'source').expect).toEqual({ status: [200, 204], body: 'fine', json: null });
});

test('compression and families are read', () => {
  expect(probes('{expect: {compression: br}}').expect.compression).toBe('br');
  expect(probes('{expect: {compression: null}}').expect).not.toHaveProperty('compression');
  expect(probes('{families: ipv6}').families).toBe('ipv6');
});

test.each([
  ['{families: ipv5}', '2:20 probes.families: "ipv5" is not one of auto, ipv4, ipv6; did you mean "ipv4"?'],
  ['{expect: {compression: zstd}}', '2:32 probes.expect.compression: "zstd" is not one of gzip, br, none'],
  ['{expect: {headers: {"x y": a}}}', '2:29 probes.expect.headers["x y"]: "x y" is not the name of a header'],
  [
    '{expect: {headers: {x-version: 42}}}',
    '2:40 probes.expect.headers.x-version: expected text in quotes, or null for a header that must be absent, not the number 42',
  ],
  [
    '{expect: {headers: {Server: a, server: b}}}',
    '2:28 probes.expect.headers: names "server" twice; case does not matter',
  ],
  [
    `{expect: {headers: {${Array.from({ length: 21 }, (_, index) => `x-${index}: a`).join(', ')}}}}`,
    '2:28 probes.expect.headers: must have at most 20 entries',
  ],
  ['{target: {evry: 1s}}', '2:19 probes.target.evry: the key "evry" is unknown; did you mean "every"?'],
  [
    '{target: {expect: {jsno: {}}}}',
    '2:28 probes.target.expect.jsno: the key "jsno" is unknown; did you mean "json"?',
  ],
  ['{source: {path: health}}', '2:25 probes.source.path: "health" must begin with a slash'],
  ['{source: {every: 10ms}}', '2:26 probes.source.every: must be at least 50ms, not 10ms'],
  [
    '{target: {every: 2m}}',
    '2:26 probes.target.every: a probe every 2m leaves ticks without one (tickEvery is 1m)',
  ],
])('%s is refused with its place and a remedy', (text, problem) => {
  expect(policyProblems(`stages: [100]\nprobes: ${text}`)).toEqual([problem]);
});
