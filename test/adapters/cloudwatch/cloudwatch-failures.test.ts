import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatch, type CloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import { canary, useCanaryCredentials, useNoCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer, type Reaction } from './cloudwatch-server.js';
import { clock, manyQueries, noonSeconds, query, window } from './samples.js';

const never = new AbortController().signal;
let server: CloudWatchServer;
let source: CloudWatch;

beforeAll(async () => {
  server = await CloudWatchServer.start();
});
beforeEach(async () => {
  useCanaryCredentials();
  source = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 5000 });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function readOne(reaction: Reaction): Promise<MetricSeries> {
  server.react(reaction);
  const [series] = await source.read([query()], window, never);
  if (series === undefined) throw new Error('no series at all');
  return series;
}

const refused = (error: string, message = 'no', status = 400): Reaction => ({ error, message, status });

describe('a call that fails', () => {
  it.each<[string, Reaction, 'denied' | 'error', RegExp]>([
    ['AccessDenied', refused('AccessDenied', 'no', 403), 'denied', /may not call cloudwatch:GetMetricData/],
    ['AccessDeniedException', refused('AccessDeniedException'), 'denied', /cloudwatch:GetMetricData/],
    [
      'a refusal that names the action',
      refused('AccessDenied', 'User: x is not authorized to perform: cloudwatch:GetMetricData because'),
      'denied',
      /may not call cloudwatch:GetMetricData;/,
    ],
    ['an unknown key', refused('InvalidClientTokenId', 'no', 403), 'denied', /access key/],
    ['a wrong signature', refused('SignatureDoesNotMatch', 'no', 403), 'denied', /signature/],
    ['an old session', refused('ExpiredToken', 'no', 403), 'denied', /expired/],
    ['no token', refused('MissingAuthenticationToken', 'no', 403), 'denied', /may not call/],
    ['HTTP 403 from a proxy', { raw: '<html>', status: 403, contentType: 'text/html' }, 'denied', /proxy/],
    ['a wrong parameter', refused('InvalidParameterValue', 'Stat p101 is bad'), 'error', /Stat p101 is bad/],
    ['a validation error', refused('ValidationError', 'bad'), 'error', /request is wrong: bad/],
    ['an unknown error', refused('NeverHeardOf', 'x'), 'error', /NeverHeardOf, HTTP 400/],
    ['a web page', { raw: '<html>Log in</html>' }, 'error', /cannot read \(SyntaxError, HTTP 200\)/],
    ['an empty answer', { raw: '' }, 'error', /without a list of results/],
    ['an empty list in place of an answer', { raw: '[]' }, 'error', /without a list of results/],
    ['results that are no list', { json: { MetricDataResults: { m0: 1 } } }, 'error', /without a list/],
    ['no result for the query', { json: { MetricDataResults: [] } }, 'error', /no result for this query/],
    ['results of nothing', { json: { MetricDataResults: [5, null, 'x', {}] } }, 'error', /no result/],
    ['results of others', { json: { MetricDataResults: [{ Id: 'm7', Values: [1] }] } }, 'error', /no result/],
  ])('%s', async (_, reaction, status, reason) => {
    const series = await readOne(reaction);
    expect(series).toMatchObject({ status, points: [] });
    expect(series.warnings[0]).toMatch(reason);
    expect(server.seen).toHaveLength(1);
  });

  it.each<[string, Reaction, RegExp]>([
    ['Throttling', refused('Throttling', 'Rate exceeded'), /fewer requests/],
    ['ThrottlingException', { error: 'ThrottlingException', withoutHeader: true }, /fewer requests/],
    ['HTTP 429', { raw: '', status: 429 }, /fewer requests/],
    ['InternalServiceFault', refused('InternalServiceFault', 'x', 500), /HTTP 500/],
    ['HTTP 503 with a web page', { raw: '<html>', status: 503, contentType: 'text/html' }, /HTTP 503/],
    ['a cut connection', 'reset', /could not be reached \(ECONNRESET\)/],
  ])('is tried twice and no more: %s', async (_, reaction, reason) => {
    const series = await readOne(reaction);
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series.warnings[0]).toMatch(reason);
    expect(server.seen).toHaveLength(2);
  });

  it('is forgotten when the second attempt succeeds', async () => {
    const answer = answering(() => ({ points: [[noonSeconds, 1]] }));
    server.react((call, number) => (number === 1 ? refused('Throttling') : answer(call)));
    const [series] = await source.read([query()], window, never);
    expect(series).toMatchObject({ status: 'complete', warnings: [] });
  });

  it('is an error when the answer stops in the middle', async () => {
    const series = await readOne('cut-in-the-middle');
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series.warnings).toEqual(['CloudWatch could not be reached (ECONNRESET)']);
  });

  it('is an error when the answer is larger than any page', async () => {
    const series = await readOne({ megabytes: 80 });
    expect(series).toMatchObject({ status: 'error', points: [] });
    expect(series.warnings[0]).toBe('CloudWatch sent more than 32 MB in one answer');
  });

  it('is an error when nothing listens', async () => {
    const nowhere = await createCloudWatch({ endpoint: 'http://127.0.0.1:1', clock });
    const [series] = await nowhere.read([query()], window, never);
    expect(series?.warnings).toEqual(['CloudWatch could not be reached (ECONNREFUSED)']);
  });

  it('is an error when the region is no region', async () => {
    server.react(answering(() => ({ points: [[noonSeconds, 1]] })));
    const odd = [query({ spec: { region: '' } }), query({ spec: { region: 'x@example.com/#' } }), query()];
    const series = await source.read(odd, window, never);
    expect(series.map(({ status }) => status)).toEqual(['error', 'error', 'complete']);
  });

  it('says what to do where there are no credentials', async () => {
    useNoCredentials();
    const lost = await createCloudWatch({ endpoint: server.endpoint, clock });
    server.react('silence');
    const [series] = await lost.read([query()], window, never);
    expect(series).toMatchObject({ status: 'denied' });
    expect(series?.warnings[0]).toContain('aws sso login');
    expect(server.seen).toHaveLength(0);
  });

  it('is failed for every query of it, and for no other', async () => {
    const answer = answering(() => ({ points: [[noonSeconds, 1]] }));
    server.react((call) => (call.region === 'us-east-1' ? refused('AccessDenied', 'no', 403) : answer(call)));
    const series = await source.read(
      [...manyQueries(2), ...manyQueries(2, 'us-east-1'), query()],
      window,
      never,
    );
    expect(series.map(({ status }) => status)).toEqual([
      ...['complete', 'complete', 'denied', 'denied', 'complete'],
    ]);
  });

  it('never shows credentials, control characters or more than a few words of what came', async () => {
    const evil = `\u001b[31mbad\u202e ${canary.sessionToken} ${canary.accessKeyId} ${'x '.repeat(2000)}`;
    const seen = [
      await readOne(refused('InvalidParameterValue', evil)),
      await readOne(refused(`Evil${evil.slice(0, 40)}`.replace(/[^\w]/g, ''), evil)),
      await readOne({
        json: {
          MetricDataResults: [{ Id: 'm0', StatusCode: evil, Messages: [{ Code: evil, Value: evil }] }],
        },
      }),
      await readOne({
        json: {
          MetricDataResults: [
            { Id: 'm0', StatusCode: 'Complete', Timestamps: [noonSeconds], Values: [evil] },
          ],
        },
      }),
    ];
    for (const { warnings } of seen) {
      expect(warnings.length).toBeGreaterThan(0);
      for (const warning of warnings) {
        expect(warning.length).toBeLessThanOrEqual(300);
        expect(warning).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        for (const secret of [canary.accessKeyId, canary.sessionToken.slice(0, 70)]) {
          expect(warning).not.toContain(secret);
        }
      }
    }
  });
});

describe('the deadline', () => {
  it.each(['silence', 'dribble'] as const)(
    'ends a call that meets %s, and closes its connection',
    async (how) => {
      const hasty = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 300 });
      const before = server.closedCount;
      server.react(how);
      const [series] = await hasty.read([query()], window, never);
      expect(series).toMatchObject({ status: 'error', points: [] });
      expect(series?.warnings).toEqual([
        expect.stringMatching(/^CloudWatch did not answer (within 300 ms|in time)$/),
      ]);
      await expect.poll(() => server.closedCount).toBeGreaterThan(before);
    },
  );

  it('is one for all calls of a reading, and what came before it is kept', async () => {
    const hasty = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 2000 });
    const answer = answering(() => ({ points: [[noonSeconds, 1]] }));
    server.react((call) =>
      call.input.MetricDataQueries?.[0]?.MetricStat.Metric.MetricName === 'M0' ? answer(call) : 'silence',
    );
    const series = await hasty.read(manyQueries(5000), window, never);
    expect(series.slice(0, 500).every(({ status }) => status === 'complete')).toBe(true);
    expect(series.slice(500).every(({ status }) => status === 'error')).toBe(true);
  });

  it("is the caller's signal where that comes first, before the call or during it", async () => {
    const patient = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 600_000 });
    server.react('silence');
    const [early] = await patient.read([query()], window, AbortSignal.abort());
    expect(server.seen).toHaveLength(0);
    const [late] = await patient.read([query()], window, AbortSignal.timeout(50));
    expect(late).toEqual(early);
    expect(late?.warnings[0]).toContain('told to stop');
  });
});

describe('one query that spoils its call', () => {
  it('is found by asking again in halves, when it gets the call refused', async () => {
    const answer = answering(() => ({ points: [[noonSeconds, 1]] }));
    server.react((call) =>
      call.input.MetricDataQueries?.some(({ MetricStat }) => MetricStat.Metric.MetricName === 'M123') === true
        ? refused('ValidationError', 'Invalid statistic')
        : answer(call),
    );
    const series = await source.read(manyQueries(500), window, never);
    expect(series.filter(({ status }) => status !== 'complete')).toMatchObject([
      { id: 'eu-west-1.q-123', status: 'error', warnings: [expect.stringContaining('Invalid statistic')] },
    ]);
    expect(server.seen.length).toBeLessThanOrEqual(20);
  });

  it('is found too, when its times make the whole answer unreadable to the SDK', async () => {
    server.react(
      answering(({ MetricStat }) => ({
        points: [[MetricStat.Metric.MetricName === 'M7' ? 'yesterday' : noonSeconds, 1]],
      })),
    );
    const series = await source.read(manyQueries(20), window, never);
    expect(series.filter(({ status }) => status !== 'complete')).toMatchObject([
      { id: 'eu-west-1.q-7', status: 'error', warnings: [expect.stringContaining('cannot be read')] },
    ]);
  });

  it('is not looked for without end, when all are wrong', async () => {
    server.react(refused('ValidationError', 'the time'));
    const series = await source.read(manyQueries(500), window, never);
    expect(series.every(({ status }) => status === 'error')).toBe(true);
    expect(server.seen.length).toBeLessThanOrEqual(25);
  });
});
