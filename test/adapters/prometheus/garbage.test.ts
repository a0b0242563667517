import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricQuery } from '../../../src/core/metric/metric-query.js';
import type { MetricSeries } from '../../../src/core/metric/metric-series.js';
import {
  bucketMs,
  json,
  matrix,
  never,
  PrometheusStandIn,
  query,
  serverAt,
  series,
  source,
  start,
  window,
  type Answer,
} from './prometheus-server.js';

let answer: Answer;
let server: PrometheusStandIn;
beforeAll(async () => {
  server = await PrometheusStandIn.start((...call) => answer(...call));
});
afterAll(() => server[Symbol.asyncDispose]());

async function read(next: Answer, unit: MetricQuery['unit'] = 'count'): Promise<MetricSeries> {
  answer = next;
  const [only] = await source().read([query(serverAt(server.url), undefined, { unit })], window, never);
  return only!;
}

const end = (start + bucketMs) / 1_000;

function samples(...values: readonly unknown[]): Answer {
  return matrix([{ metric: {}, values }]);
}

describe('fault 46: garbage makes the series an error that quotes it', () => {
  test.each([
    ['+Inf', series(['1', '+Inf']), '[1800000120,"+Inf"]'],
    ['-Inf', series(['-Inf']), '"-Inf"'],
    ['a negative count', series(['-1']), '"-1"'],
    ['an absurd count', series(['1e300']), '"1e300"'],
    ['a value that overflows', series(['1e999']), '"1e999"'],
    ['a hexadecimal value', series(['0x10']), '"0x10"'],
    ['an empty value', series(['']), '""'],
    ['a value with a blank', series([' 1']), '" 1"'],
    ['a word', series(['many']), '"many"'],
    ['a number where a text belongs', samples([end, 1]), '[1800000060,1]'],
    ['a time as text', samples(['1800000060', '1']), '"1800000060"'],
    ['no pair', samples([end, '1', '2']), '"2"'],
    ['null for a point', samples(null), 'null'],
    ['a time between two bucket ends', samples([end + 1, '1']), '1800000061'],
    ['a time before the window', samples([end - 60, '1']), '1800000000'],
    ['a time after the window', samples([end + 300, '1']), '1800000360'],
    ['the same time twice', samples([end, '1'], [end, '2']), 'doubled: [1800000060,"2"]'],
    ['times out of order', samples([end + 60, '1'], [end, '2']), 'out of order'],
    ['more points than asked for', samples(...Array.from({ length: 9 }, () => [end, '1'])), '9 points'],
    ['a native histogram', matrix([{ metric: {}, histograms: [[end, {}]] }]), 'native histograms'],
    ['points and native histograms', matrix([{ metric: {}, values: [], histograms: [1] }]), 'native hist'],
    ['no values at all', matrix([{ metric: {} }]), 'no list of values'],
    ['a series without labels', matrix([{ values: [] }]), 'not built as documented'],
    ['a series that is null', matrix([null]), 'not built as documented'],
    ['a vector', json(data('vector', [])), 'a vector in place of a matrix'],
    ['a scalar', json(data('scalar', [end, '1'])), 'a scalar in place of a matrix'],
    ['a string', json(data('string', [end, '1'])), 'a string in place of a matrix'],
    ['no result type', json({ status: 'success', data: {} }), 'no result type'],
    ['no data', json({ status: 'success' }), 'no result type'],
    ['a result that is no list', json(data('matrix', {})), 'not built as documented'],
    ['warnings that are no texts', series(['1'], { warnings: [1] }), 'not built as documented'],
    ['an error with code 200', json({ status: 'error', error: 'no luck' }), 'without success: no luck'],
    ['a list in place of an envelope', json([]), 'not JSON'],
  ])('%s', async (_name, given, quoted) => {
    const { status, points, warnings } = await read(given);
    expect([status, points]).toEqual(['error', []]);
    expect(warnings).toEqual([expect.stringContaining(quoted)]);
  });

  test.each([
    ['number', 'many'],
    ['number', '+Inf'],
    ['number', '-1e300'],
    ['seconds', '-0.5'],
    ['seconds', '90000'],
    ['ratio', '-0.1'],
    ['ratio', '1e7'],
  ] as const)('a %s cannot be %s', async (unit, value) => {
    const { status, points, warnings } = await read(series([value]), unit);
    expect([status, points, warnings]).toEqual(['error', [], [expect.stringContaining(`"${value}"`)]]);
  });

  test('of several series none is taken, and each is named', async () => {
    const pods = ['a', 'b', 'c', 'd'].map((pod) => ({
      metric: { pod, le: '\u001b[2J' },
      values: [[end, '1']],
    }));
    const { status, points, warnings } = await read(matrix(pods));
    expect([status, points]).toEqual(['error', []]);
    expect(warnings[0]).toContain('more than one series: {pod="a"');
    expect(warnings[0]).toContain('{pod="c"');
    expect(warnings[0]).toContain('and more; put sum(...) around it');
  });

  test('a million points are not read to their end', async () => {
    const point = '[1800000060,"1"],';
    let sent = 0;
    const { status, warnings } = await read((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[');
      const chunk = Buffer.from(point.repeat(10_000));
      const more = (): void => {
        while (sent < 100 && !response.destroyed) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('[1800000060,"1"]]}]}}');
      };
      more();
    });
    expect(status).toBe('error');
    expect(warnings[0]).toContain('more than 4194304 bytes');
    expect(sent).toBeLessThan(100);
  });
});

function data(resultType: string, result: unknown): object {
  return { status: 'success', data: { resultType, result } };
}

describe('whatever comes', () => {
  const text = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.constantFrom('NaN', '+Inf', '-Inf', '0', '1', '12.5', '-1', '1e13', '0x1', '1_000'),
  );
  const time = fc.oneof(
    fc.integer({ min: -1, max: 7 }).map((index) => start / 1_000 + index * 60),
    fc.double(),
    fc.string(),
  );
  const sample = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(time, text) },
    fc.jsonValue() as fc.Arbitrary<unknown>,
  );
  const anySeries = fc.record({ metric: fc.dictionary(fc.string(), fc.string()), values: fc.array(sample) });
  const body = fc.oneof(
    { weight: 6, arbitrary: fc.array(anySeries, { maxLength: 2 }).map((result) => data('matrix', result)) },
    fc.jsonValue() as fc.Arbitrary<unknown>,
  );

  test('a point is finite, not negative, in the window, in order, and never there unless it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const { id, points, status, warnings } = await read(json(given));
        expect(id).toBe('total');
        let before = -Infinity;
        const sent = JSON.stringify(given);
        for (const [at, value] of points) {
          expect(Number.isFinite(value) && value >= 0 && value <= 1e12).toBe(true);
          expect(at >= window.start && at < window.end && (at - start) % bucketMs === 0).toBe(true);
          expect(at).toBeGreaterThan(before);
          before = at;
          expect(sent).toContain(`[${(at + bucketMs) / 1_000},"`);
        }
        if (status === 'error') expect([points.length, warnings.length]).toEqual([0, 1]);
        for (const warning of warnings) {
          expect(warning.length).toBeLessThanOrEqual(300);
          expect(warning).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('bytes that are nothing at all are an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { status, points } = await read((response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).end(bytes);
        });
        expect([status, points]).toEqual(['error', []]);
      }),
      { numRuns: 40 },
    );
  });
});
