import { expect, test } from 'vitest';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { Result } from '../../../src/core/result.js';
import {
  failure,
  json,
  matrix,
  never,
  now,
  PrometheusStandIn,
  query,
  serverAt,
  source,
  type Answer,
} from './prometheus-server.js';

const hourAgo = Math.floor(now / 60_000) * 60 - 3_600;
const found = matrix([{ metric: {}, values: [[hourAgo, '0']] }]);
const none = matrix([]);

/** The answers by the text of the query; `total[60s]` is the text of `total[$bucket]`. */
async function check(
  answers: Readonly<Record<string, Answer>>,
  ...asked: readonly Partial<MetricQuery>[]
): Promise<Result<string, ProviderFailure>> {
  await using server = await PrometheusStandIn.start((response, one, request) => {
    const answer = answers[one.form.get('query')?.replace('[60s]', '') ?? ''] ?? json({}, 500);
    answer(response, one, request);
  });
  const queries = asked.map((one) =>
    query(serverAt(server.url), `${one.id ?? ''}[$bucket]`, { name: one.role ?? '', ...one }),
  );
  return await source().check(queries, never);
}

const total = { id: 'total', role: 'total' } as const;
const bad = { id: 'bad', role: 'bad', whenMissing: 'zero-if-sentinel' } as const;

test('every bucket of the last 24 hours is looked at, in one question per query', async () => {
  await using server = await PrometheusStandIn.start(found);
  const checked = await source().check([query(serverAt(server.url), 'total[$bucket]')], never);
  expect(checked).toEqual({
    ok: true,
    value: 'Prometheus answers; 1 of 1 queries had points in the last 24 hours',
  });
  expect(server.asked).toHaveLength(1);
  const { form } = server.asked[0]!;
  expect(form.get('query')).toBe('total[60s]');
  expect(form.get('step')).toBe('60.000');
  expect(Number(form.get('end'))).toBe(Math.floor(now / 60_000) * 60);
  expect(Number(form.get('end')) - Number(form.get('start'))).toBe(24 * 3_600 - 60);
  expect(form.get('timeout')).toBe('30s');
});

test('buckets shorter than a minute are looked at once a minute', async () => {
  await using server = await PrometheusStandIn.start(found);
  await source({}, { checkBucketMs: 1_000 }).check([query(serverAt(server.url), 'total[$bucket]')], never);
  expect(server.asked[0]?.form.get('query')).toBe('total[1s]');
  expect(server.asked[0]?.form.get('step')).toBe('60.000');
});

test('a query without a point is not a query that counts zero', async () => {
  expect(await check({ total: none }, total)).toMatchObject({
    ok: false,
    error: {
      reason: 'not-found',
      provider: 'metrics',
      operation: 'query_range',
      message: expect.stringContaining(
        'total (target of www.example.com) had no point in the last 24 hours: compare its labels',
      ) as string,
    },
  });
});

test('a query that only ever gave NaN had no point', async () => {
  const nan = matrix([{ metric: {}, values: [[hourAgo, 'NaN']] }]);
  expect(await check({ total: nan }, total)).toMatchObject({ ok: false, error: { reason: 'not-found' } });
});

test('failures may have none yet where the requests of the same side have some', async () => {
  expect(await check({ total: found, bad: none }, total, bad)).toEqual({
    ok: true,
    value:
      'Prometheus answers; 1 of 2 queries had points in the last 24 hours; none yet, which counts as zero: bad (target of www.example.com)',
  });
});

test('a sentinel proves the same', async () => {
  const sentinel = { id: 'up', role: 'sentinel' } as const;
  expect(await check({ up: found, bad: none }, sentinel, bad)).toMatchObject({ ok: true });
});

test.each([
  ['with requests that have none either', none, {}],
  ['with requests of the other side alone', found, { side: 'source' } as const],
])('failures may have none, but not %s', async (_name, answer, other) => {
  const checked = await check({ total: answer, bad: none }, { ...total, ...other }, bad);
  expect(checked).toMatchObject({ ok: false, error: { reason: 'not-found' } });
  if (!checked.ok) expect(checked.error.message).toContain('bad (target of www.example.com) had no point');
});

test.each([
  ['refused', failure(401, '', ''), 'denied', 'refused access (401)'],
  [
    'a query that does not parse',
    failure(400, 'bad_data', 'parse error'),
    'invalid',
    'bad_data, parse error',
  ],
  ['too many questions', json({}, 429), 'throttled', 'answered 429'],
  ['a timeout of its own', json({}, 504), 'timeout', 'answered 504'],
  ['a server that is down', failure(503, 'unavailable', 'no'), 'unavailable', 'answered 503'],
  ['another path', json({}, 404), 'not-found', 'is its path right?'],
  ['two series', matrix([{ metric: {} }, { metric: {} }]), 'invalid', 'total: the query gives more than one'],
])('%s is told as such', async (_name, answer, reason, message) => {
  const checked = await check({ total: answer }, total);
  expect(checked).toMatchObject({ ok: false, error: { reason } });
  if (!checked.ok) expect(checked.error.message).toContain(message);
});

test('what everyone suffers from is said once', async () => {
  const denied = failure(403, 'forbidden', 'no');
  const checked = await check({ total: denied, bad: denied }, total, bad);
  if (!checked.ok) expect(checked.error.message.match(/refused access/g)).toHaveLength(1);
  expect(checked.ok).toBe(false);
});

test('of many problems three are told and the others counted', async () => {
  const ids = ['one', 'two', 'three', 'four', 'five'].map((id) => ({ id, role: 'gauge' }) as const);
  const checked = await check(Object.fromEntries(ids.map(({ id }) => [id, none])), ...ids);
  if (!checked.ok) expect(checked.error.message).toMatch(/^one .*; two .*; three .*; and 2 more$/);
  expect(checked.ok).toBe(false);
});

test('a count that does not look back over the bucket is refused: its buckets would overlap', async () => {
  await using server = await PrometheusStandIn.start(found);
  const checked = await source().check([query(serverAt(server.url), 'sum(increase(x[5m]))')], never);
  expect(checked).toMatchObject({ ok: false, error: { reason: 'invalid' } });
  if (!checked.ok) expect(checked.error.message).toContain('write [$bucket] where it has a range');
});

test('a gauge may look back as far as it likes', async () => {
  await using server = await PrometheusStandIn.start(found);
  const gauge = { role: 'gauge', unit: 'ratio' } as const;
  expect(await source().check([query(serverAt(server.url), 'x', gauge)], never)).toMatchObject({ ok: true });
});

test('a missing variable is told by name', async () => {
  const auth = { kind: 'bearer', tokenVariable: 'PROM_TOKEN' } as const;
  const checked = await source().check([query(serverAt('https://127.0.0.1:1', { auth }))], never);
  expect(checked).toMatchObject({
    ok: false,
    error: { reason: 'denied', message: expect.stringContaining('PROM_TOKEN is not set') as string },
  });
});
