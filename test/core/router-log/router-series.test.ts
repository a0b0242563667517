import { describe, expect, test } from 'vitest';
import type { MetricQuery, RouterSpec } from '../../../src/core/metric/metric-query.js';
import { RouterLog } from '../../../src/core/router-log/router-log.js';
import { routerSeries, type HeardLog } from '../../../src/core/router-log/router-series.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { instant, millis } from '../../../src/core/time.js';
import { plain, requestId, sessionLine, time, timeMs } from './lines.js';

const bucketMs = 10_000;
const start = Math.floor(timeMs / bucketMs) * bucketMs;
const window = { start: instant(start), end: instant(start + 3 * bucketMs), bucketMs: millis(bucketMs) };
const at = [0, 1, 2].map((bucket) => start + bucket * bucketMs);

let lastId = 0;
/** A line in one of the three buckets. */
function line(bucket: number, change: (text: string) => string = (text) => text): string {
  const message = change(plain.replace(requestId, `id-${(lastId += 1)}`));
  return sessionLine(message, new Date(at[bucket]! + 5_000).toISOString());
}

function failing(code: string): (text: string) => string {
  return (text) =>
    text.replace('at=info', `at=error code=${code} desc="x"`).replace('status=200', 'status=503');
}

/** What was heard when these lines came in and everything had its time. */
function heard(
  lines: readonly string[],
  change: Partial<HeardLog> = {},
  lose?: (log: RouterLog) => void,
): HeardLog {
  const limitsMs = [5, 500];
  const log = new RouterLog({ hosts: ['shop.example.com'], bucketMs, buckets: 60, seed: 1, limitsMs });
  log.push(Buffer.from(lines.join('')), timeMs);
  lose?.(log);
  return {
    buckets: log.read('shop.example.com', window.start, window.end),
    limitsMs,
    startedAt: instant(start - 1),
    heardTo: window.end,
    trouble: null,
    denied: false,
    ...change,
  };
}

function query(
  measure: RouterSpec['measure'],
  unit: MetricQuery['unit'] = 'count',
): [MetricQuery, RouterSpec] {
  const spec = {
    source: 'heroku-router',
    app: 'my-app',
    route: { dnsName: 'a.herokudns.com.', port: 443, path: '/' },
    measure,
  } as const;
  const host = 'shop.example.com.' as RecordName;
  return [
    { id: 'q', host, side: 'source', role: 'total', unit, whenMissing: 'unknown', name: 'x', spec },
    spec,
  ];
}

function series(measure: RouterSpec['measure'], log: HeardLog, unit: MetricQuery['unit'] = 'count') {
  return routerSeries(...query(measure, unit), window, log);
}

const requests = { kind: 'requests' } as const;
const errors = { kind: 'errors' } as const;

describe('a bucket that was heard completely', () => {
  test('has a point, and a known zero is one', () => {
    const log = heard([line(0), line(0, failing('H12')), line(2)]);
    expect(series(requests, log)).toEqual({
      id: 'q',
      points: [
        [at[0], 2],
        [at[1], 0],
        [at[2], 1],
      ],
      status: 'complete',
      settledTo: window.end,
      warnings: [],
    });
    expect(series(errors, log).points.map(([, value]) => value)).toEqual([1, 0, 0]);
  });

  test('counts what Heroku answered for a switched off app as failed, and says so', () => {
    const log = heard([line(0), line(0, failing('H80')), line(0, failing('H99'))]);
    expect(series(requests, log).points[0]).toEqual([at[0], 3]);
    expect(series(errors, log)).toMatchObject({
      points: [
        [at[0], 2],
        [at[1], 0],
        [at[2], 0],
      ],
      status: 'complete',
      warnings: [expect.stringContaining('2 of the errors') as string],
    });
    expect(series(errors, log).warnings[0]).toContain('(H80, H99)');
  });

  test('leaves out what is no fault of the app, and says so where it is no fault of the client either', () => {
    const log = heard([line(1), line(1, failing('H27')), line(1, failing('H31')), line(1, failing('H33'))]);
    expect(series(requests, log).points[1]).toEqual([at[1], 1]);
    expect(series(errors, log).points[1]).toEqual([at[1], 0]);
    expect(series(requests, log).warnings).toEqual([
      '1 requests came with a name this app does not serve (H31), not counted',
      '1 requests were broken off by nobody knows whom (H33), not counted',
    ]);
  });

  test('counts the slower ones by the limit that the query names', () => {
    const log = heard([line(0), line(0, (text) => text.replace('service=12ms', 'service=501ms'))]);
    expect(series({ kind: 'slower', limitMs: 500 }, log).points[0]).toEqual([at[0], 1]);
    expect(series({ kind: 'slower', limitMs: 5 }, log).points[0]).toEqual([at[0], 2]);
    expect(series({ kind: 'slower', limitMs: 7 }, log).points).toEqual([]);
  });

  test('has a quantile where a request was timed, in the unit of the query', () => {
    const log = heard([line(0), line(0), line(1, failing('H10')).replace('service=12ms', 'service=')]);
    const p99 = { kind: 'quantile', quantile: 0.99 } as const;
    expect(series(p99, log, 'seconds')).toMatchObject({ points: [[at[0], 0.012]], status: 'complete' });
    expect(series(p99, log, 'number').points).toEqual([[at[0], 12]]);
  });
});

describe('a bucket that is not known has no point', () => {
  test('before the log was read', () => {
    const found = series(requests, heard([line(1)], { startedAt: instant(at[0]! + 1) }));
    expect(found.points.map(([from]) => from)).toEqual([at[1], at[2]]);
    expect(found).toMatchObject({
      status: 'partial',
      warnings: [
        expect.stringMatching(
          /^1 bucket is unknown: the router log has been read since \d\d:\d\d:\d\d UTC$/,
        ) as string,
      ],
    });
  });

  test('that is no longer kept', () => {
    const log = heard([line(1)]);
    expect(series(requests, { ...log, buckets: log.buckets.slice(1) }).points.map(([from]) => from)).toEqual([
      at[1],
      at[2],
    ]);
  });

  test('not heard to its end', () => {
    const found = series(
      requests,
      heard([line(0), line(2)], { heardTo: instant(at[2]! - 1), trouble: 'it broke' }),
    );
    expect(found.points).toEqual([[at[0], 1]]);
    expect(found.settledTo).toBe(at[2]! - 1);
    expect(found.status).toBe('partial');
    expect(found.warnings[0]).toMatch(
      /^the router log is heard up to \d\d:\d\d:\d\d UTC, what is later is unknown: it broke$/,
    );
    expect(series(requests, heard([line(0)], { heardTo: at[1] as HeardLog['heardTo'] })).points).toHaveLength(
      1,
    );
  });

  test('with lines lost, announced or not', () => {
    const notice = `${time} heroku[logplex]: Error L11 (Tail buffer overflow) -> This tail session dropped 3 messages since ${time}\n`;
    expect(series(requests, heard([line(0), notice])).points.map(([from]) => from)).not.toContain(
      Math.floor(timeMs / bucketMs) * bucketMs,
    );
    const found = series(
      requests,
      heard([line(1)], {}, (log) => log.lose(at[1]!, at[1]!, timeMs)),
    );
    expect(found.points.map(([from]) => from)).toEqual([at[0], at[2]]);
    expect(found.warnings).toEqual(['1 bucket is unknown because lines of the router log were lost']);
  });

  test('with more than one in a hundred lines that cannot be read', () => {
    const broken = line(0, (text) => text.replace('method=', 'metho='));
    expect(series(requests, heard([line(0), broken])).points.map(([from]) => from)).toEqual([at[1], at[2]]);
    const many = Array.from({ length: 99 }, () => line(0));
    expect(series(requests, heard([...many, broken]))).toMatchObject({ status: 'complete' });
    expect(series(requests, heard([...many.slice(1), broken]))).toMatchObject({ status: 'partial' });
  });
});

describe('a log that says nothing', () => {
  const nothing = { heardTo: null, startedAt: instant(start - 500) };

  test('yet is partial, settled up to where reading began', () => {
    expect(series(requests, heard([], nothing))).toMatchObject({
      points: [],
      status: 'partial',
      settledTo: start - 500,
      warnings: ['the router log has not been heard yet, what is later is unknown'],
    });
  });

  test('because it may not, or cannot be read', () => {
    expect(series(requests, heard([], { ...nothing, trouble: 'no', denied: true }))).toMatchObject({
      status: 'denied',
    });
    expect(series(requests, heard([], { ...nothing, trouble: 'no' }))).toMatchObject({ status: 'error' });
  });

  test('any more keeps what it said', () => {
    const log = heard([line(0)], { heardTo: instant(at[1]!), trouble: 'no', denied: true });
    expect(series(requests, log)).toMatchObject({ points: [[at[0], 1]], status: 'partial' });
  });
});

test('warnings are few and short whatever the trouble says', () => {
  const log = heard([], { heardTo: null, trouble: `\u001b[31m${'x'.repeat(1_000)}` });
  const { warnings } = series(requests, log);
  expect(warnings.every((warning) => warning.length <= 300)).toBe(true);
  expect(warnings.join()).not.toContain('\u001b');
});
