import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CloudWatchApi } from '../../../src/lab/cloudwatch/server.js';
import { authorization, nowSecond, startApi } from './api.js';

let api: CloudWatchApi;
let client: CloudWatchClient;

beforeAll(async () => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  api = await startApi();
  client = new CloudWatchClient({
    endpoint: api.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIALAB', secretAccessKey: 'lab' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await api.close();
});

function secondsBack(seconds: number): Date {
  return new Date((nowSecond - seconds) * 1_000);
}

function query(more: Partial<MetricDataQuery> = {}, stat = 'Sum', period = 1): MetricDataQuery {
  const Metric = { Namespace: 'Test', MetricName: 'Load', Dimensions: [{ Name: 'Host', Value: 'a' }] };
  return { Id: 'm1', MetricStat: { Metric, Period: period, Stat: stat }, ...more };
}

async function getData(queries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) {
  return client.send(
    new GetMetricDataCommand({
      StartTime: secondsBack(3),
      EndTime: secondsBack(0),
      MetricDataQueries: queries,
      ...more,
    }),
  );
}

/** Name and message of the refusal. */
async function refused(call: Promise<unknown>): Promise<[string, string]> {
  const error = await call.then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown as Error,
  );
  return [error.name, error.message];
}

describe('GetMetricData through the SDK', () => {
  test('the newest point comes first, the start is in and the end is not', async () => {
    const { MetricDataResults, NextToken, Messages } = await getData([query()]);
    expect(MetricDataResults).toEqual([
      {
        Id: 'm1',
        Label: 'Load',
        Timestamps: [1, 2, 3].map(secondsBack),
        Values: [100, 99, 98],
        StatusCode: 'Complete',
        Messages: [],
      },
    ]);
    expect([NextToken, Messages]).toEqual([undefined, []]);
    const ascending = await getData([query()], { ScanBy: 'TimestampAscending' });
    expect(ascending.MetricDataResults?.[0]?.Values).toEqual([98, 99, 100]);
  });

  test('a longer period begins at a multiple of its length; its start is rounded down, its end is cut', async () => {
    const wide = await getData([query({}, 'SampleCount', 60)], {
      StartTime: secondsBack(61),
      EndTime: secondsBack(5),
    });
    expect(wide.MetricDataResults?.[0]?.Timestamps).toEqual([secondsBack(60), secondsBack(120)]);
    // The first minute has samples from 100 s before now on; the second one lacks its last five.
    expect(wide.MetricDataResults?.[0]?.Values).toEqual([55, 40]);
    const short = await getData([query({}, 'Minimum', 10)], { StartTime: secondsBack(13) });
    expect(short.MetricDataResults?.[0]?.Values).toEqual([91, 81]);
  });

  test('percentiles, ranks and names of the user', async () => {
    const { MetricDataResults } = await getData(
      [
        query({}, 'p90', 60),
        query({ Id: 'm2', Label: 'under 60' }, 'PR(:60)', 60),
        query({ Id: 'm3', ReturnData: false }),
      ],
      { StartTime: secondsBack(60) },
    );
    expect(MetricDataResults?.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
      ['m1', 'Load', [94]],
      ['m2', 'under 60', [(100 * 20) / 60]],
    ]);
  });

  test.each<[string, Partial<MetricDataQuery>]>([
    ['a metric', metric({ MetricName: 'Lode' })],
    ['a namespace', metric({ Namespace: 'Tset' })],
    ['a dimension', metric({ Dimensions: [{ Name: 'Host', Value: 'c' }] })],
    ['too few dimensions', metric({ Dimensions: [] })],
    ['a unit', { MetricStat: { ...query().MetricStat, Unit: 'Seconds' } as MetricDataQuery['MetricStat'] }],
  ])('%s that nobody publishes is empty and complete, not an error', async (_what, more) => {
    const { MetricDataResults } = await getData([query(more)]);
    expect(MetricDataResults).toEqual([
      expect.objectContaining({ Id: 'm1', Values: [], Timestamps: [], StatusCode: 'Complete' }),
    ]);
  });

  test('pages hold so many points over all queries, and say what is partial', async () => {
    const queries = [query(), query({ Id: 'm2' }), query({ Id: 'empty', ...metric({ MetricName: 'None' }) })];
    const first = await getData(queries, { MaxDatapoints: 4 });
    expect(pageOf(first)).toEqual([
      ['m1', 'Complete', [100, 99, 98]],
      ['m2', 'PartialData', [100]],
      ['empty', 'Complete', []],
    ]);
    const second = await getData(queries, { MaxDatapoints: 4, NextToken: first.NextToken });
    expect(pageOf(second)).toEqual([['m2', 'Complete', [99, 98]]]);
    expect(second.NextToken).toBeUndefined();
    const other = getData([query()], { MaxDatapoints: 4, NextToken: first.NextToken });
    expect((await refused(other))[0]).toBe('InvalidNextToken');
    expect((await refused(getData(queries, { NextToken: 'x' })))[0]).toBe('InvalidNextToken');
  });

  test('500 queries are taken, 501 are not', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => query({ Id: `m${index}` }));
    expect((await getData(many(500))).MetricDataResults).toHaveLength(500);
    const [, message] = await refused(getData(many(501)));
    expect(message).toBe('The collection MetricDataQueries must not have a size greater than 500.');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['an empty window', () => getData([query()], { EndTime: secondsBack(3) }), 'must not equal'],
    ['a window backwards', () => getData([query()], { EndTime: secondsBack(4) }), 'must be less than'],
    [
      'an id with a capital',
      () => getData([query({ Id: 'Errors' })]),
      'MetricDataQueries.member.1.Id is not matching',
    ],
    ['the same id twice', () => getData([query(), query()]), 'not unique'],
    ['no query', () => getData([]), 'MetricDataQueries is required'],
    [
      'a query for nothing',
      () => getData([{ Id: 'm1' }]),
      'MetricDataQueries.member.1.MetricStat is required',
    ],
    ['mathematics', () => getData([{ Id: 'm1', Expression: 'm2/m3' }]), 'The lab does not calculate'],
    ['an unknown statistic', () => getData([query({}, 'Median')]), 'Median'],
    ['a period of 7 s', () => getData([query({}, 'Sum', 7)]), 'multiple of 60'],
    ['too large a page', () => getData([query()], { MaxDatapoints: 100_801 }), 'MaxDatapoints'],
  ])('refuses %s', async (_what, call, text) => {
    const [name, message] = await refused(call());
    expect(name).toMatch(/^(Validation|MissingRequiredParameter|MissingParameter)/);
    expect(message).toContain(text);
  });
});

describe('the other operations through the SDK', () => {
  test('GetMetricStatistics gives simple and extended statistics, in no order', async () => {
    const { Label, Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Test',
        MetricName: 'Time',
        StartTime: secondsBack(30),
        EndTime: secondsBack(0),
        Period: 10,
        Statistics: ['Sum', 'SampleCount'],
        ExtendedStatistics: ['p50'],
      }),
    );
    expect(Label).toBe('Time');
    const times = (Datapoints ?? []).map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    expect(times).toHaveLength(3);
    expect(times).not.toEqual(times.toSorted((a, b) => a - b));
    expect(Datapoints?.find(({ Timestamp }) => Timestamp?.getTime() === secondsBack(10).getTime())).toEqual({
      Timestamp: secondsBack(10),
      Sum: expect.closeTo(95.5) as unknown,
      SampleCount: 10,
      Unit: 'Seconds',
      ExtendedStatistics: { p50: 9.5 },
    });
  });

  test('GetMetricStatistics refuses more than 1,440 points and a call without statistics', async () => {
    const base = { Namespace: 'Test', MetricName: 'Time', EndTime: secondsBack(0), Period: 1 };
    const many = new GetMetricStatisticsCommand({
      ...base,
      StartTime: secondsBack(1_441),
      Statistics: ['Sum'],
    });
    const [name, message] = await refused(client.send(many));
    expect(name).toContain('InvalidParameterCombination');
    expect(message).toContain('1441 datapoints, which exceeds the limit of 1440');
    const none = new GetMetricStatisticsCommand({ ...base, StartTime: secondsBack(10) });
    expect((await refused(client.send(none)))[0]).toContain('InvalidParameterCombination');
    const equal = new GetMetricStatisticsCommand({ ...base, StartTime: secondsBack(0), Statistics: ['Sum'] });
    expect((await refused(client.send(equal)))[0]).toContain('InvalidParameterValue');
  });

  test('ListMetrics lists what has data and matches the filters', async () => {
    const list = async (input: object) =>
      (await client.send(new ListMetricsCommand(input))).Metrics?.map(({ MetricName }) => MetricName);
    expect(await list({})).toEqual(['Load', 'Time']);
    expect(await list({ Dimensions: [{ Name: 'Host' }] })).toEqual(['Load']);
    expect(await list({ Dimensions: [{ Name: 'Host', Value: 'b' }] })).toEqual([]);
    expect(await list({ Namespace: 'Other' })).toEqual([]);
    expect(await list({ MetricName: 'Time' })).toEqual(['Time']);
  });
});

describe('the bytes', () => {
  async function post(body: string, headers: Record<string, string>) {
    const answer = await fetch(api.url, { method: 'POST', body, headers: { authorization, ...headers } });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  const json = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
  };

  const form = new URLSearchParams({
    Action: 'GetMetricData',
    Version: '2010-08-01',
    StartTime: secondsBack(2).toISOString(),
    EndTime: secondsBack(0).toISOString(),
    'MetricDataQueries.member.1.Id': 'm1',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'Test',
    'MetricDataQueries.member.1.MetricStat.Metric.MetricName': 'Load',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'Host',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'a',
    'MetricDataQueries.member.1.MetricStat.Period': '1',
    'MetricDataQueries.member.1.MetricStat.Stat': 'Sum',
  });

  test('JSON has epoch seconds, and errors with a type and the header of the older protocol', async () => {
    const good = await post(
      JSON.stringify({ StartTime: nowSecond - 1, EndTime: nowSecond, MetricDataQueries: [query()] }),
      json,
    );
    expect(good.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(JSON.parse(good.body)).toMatchObject({
      MetricDataResults: [{ Timestamps: [nowSecond - 1], Values: [100] }],
    });
    const bad = await post(JSON.stringify({ StartTime: 1, EndTime: 1, MetricDataQueries: [query()] }), json);
    expect([bad.status, bad.headers.get('x-amzn-query-error')]).toEqual([400, 'ValidationError;Sender']);
    expect(JSON.parse(bad.body)).toMatchObject({
      __type: expect.stringContaining('#ValidationError') as unknown,
      message: 'The parameter StartTime must not equal parameter EndTime.',
    });
  });

  test('a form is answered in XML, with lists in member', async () => {
    const { status, headers, body } = await post(form.toString(), {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/xml']);
    expect(body).toContain('<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">');

    const answer = new XMLParser({ isArray: (name) => name === 'member' }).parse(body) as object;
    expect(answer).toMatchObject({
      GetMetricDataResponse: {
        GetMetricDataResult: {
          MetricDataResults: {
            member: [
              {
                Id: 'm1',
                Timestamps: {
                  member: [1, 2].map((back) => secondsBack(back).toISOString().replace('.000', '')),
                },
                Values: { member: [100, 99] },
                StatusCode: 'Complete',
              },
            ],
          },
        },
        ResponseMetadata: { RequestId: expect.any(String) as unknown },
      },
    });
  });

  test('a form that is refused is answered with an ErrorResponse', async () => {
    const wrong = new URLSearchParams(form);
    wrong.set('EndTime', wrong.get('StartTime') ?? '');
    const { status, body } = await post(wrong.toString(), {});
    expect(status).toBe(400);
    expect(body).toMatch(/<ErrorResponse .*<Type>Sender<\/Type><Code>ValidationError<\/Code><Message>/);
  });

  test('what is not understood is refused in the protocol it came in', async () => {
    const unknown = await post('{}', {
      ...json,
      'x-amz-target': 'GraniteServiceVersion20100801.PutDashboard',
    });
    expect([unknown.status, unknown.headers.get('x-amzn-query-error')]).toEqual([
      400,
      'UnknownOperation;Sender',
    ]);
    const broken = await post('{', json);
    expect(broken.headers.get('x-amzn-query-error')).toBe('SerializationException;Sender');
    const wrongType = await post('{"StartTime":"soon"}', json);
    expect(wrongType.headers.get('x-amzn-query-error')).toBe('MalformedInput;Sender');
    expect((await post('Action=Other&Version=2010-08-01', {})).body).toContain('<Code>InvalidAction</Code>');
    expect((await post('Action=ListMetrics', {})).body).toContain('NO_VERSION_SPECIFIED');
    const nested = `${'a.'.repeat(40)}b=1&Action=ListMetrics&Version=2010-08-01`;
    expect((await post(nested, {})).status).toBe(400);
  });

  test('a caller must sign, and for this service', async () => {
    const unsigned = await post(form.toString(), { authorization: '' });
    expect([unsigned.status, unsigned.body]).toEqual([403, expect.stringContaining('IncompleteSignature')]);
    const foreign = await post(form.toString(), {
      authorization: authorization.replace('monitoring', 'route53'),
    });
    expect(foreign.body).toContain('SignatureDoesNotMatch');
  });

  test('a body over the limit is refused', async () => {
    expect((await post('x'.repeat(1024 * 1024 + 1), json)).status).toBe(413);
  });
});

function metric(part: object): Partial<MetricDataQuery> {
  const { MetricStat } = query();
  return {
    MetricStat: {
      ...MetricStat,
      Metric: { ...MetricStat?.Metric, ...part },
    } as MetricDataQuery['MetricStat'],
  };
}

function pageOf(answer: Awaited<ReturnType<typeof getData>>) {
  return answer.MetricDataResults?.map(({ Id, StatusCode, Values }) => [Id, StatusCode, Values]);
}
