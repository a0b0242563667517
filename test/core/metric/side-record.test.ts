import { expect, test } from 'vitest';
import { userCounts } from '../../../src/core/gate/gate-input.js';
import type { MetricReport } from '../../../src/core/metric/metric-report.js';
import { news, recordMetrics, recordProbes, sideRecord } from '../../../src/core/metric/side-record.js';
import type { ProbeOutcome } from '../../../src/core/probe.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { instant, type Instant } from '../../../src/core/time.js';

const host = 'www.example.com.' as RecordName;
const bucketMs = 60_000;
const at = (bucket: number): Instant => instant(bucket * bucketMs);

function report(counts: readonly (readonly [number, number] | null)[]): MetricReport {
  const buckets = counts.flatMap((pair, bucket) =>
    pair === null
      ? []
      : [{ at: at(bucket), requests: { e: pair[0], n: pair[1] }, slow: null, latency: null, gauges: {} }],
  );
  return { host, side: 'target', status: 'complete', buckets, readTo: at(counts.length), warnings: [] };
}

function outcome(sentAt: number, change: Partial<ProbeOutcome> = {}): ProbeOutcome {
  const usual = {
    result: 'ok',
    because: '200 in 5 ms',
    status: 200,
    latencyMs: 5,
    certificateEndsAt: null,
  } as const;
  return { at: instant(sentAt), ...usual, ...change };
}

function probed(...outcomes: readonly ProbeOutcome[]): ReturnType<typeof recordProbes> {
  return recordProbes([], [{ host, side: 'target', outcomes }], bucketMs);
}

test('probes are counted by bucket, and those that were answered are told apart', () => {
  const records = probed(
    outcome(1_000),
    outcome(2_000, { result: 'failed', status: 503 }),
    outcome(3_000, { result: 'failed', status: null }),
    outcome(61_000, { result: 'unknown', status: null }),
    outcome(62_000, { result: 'unknown', status: 200 }),
  );
  expect(sideRecord(records, host, 'target').probed.flat()).toEqual([
    { at: at(0), probes: { n: 3, e: 2 }, answered: { n: 2, e: 1 } },
    { at: at(1), probes: { n: 0, e: 0 }, answered: { n: 1, e: 0 } },
  ]);
});

test('users are what the balancer counted without our probes', () => {
  const records = recordMetrics(
    probed(outcome(1_000), outcome(2_000, { result: 'failed', status: 503 }), outcome(61_000)),
    [
      report([
        [3, 12],
        [0, 1],
        [2, 5],
      ]),
    ],
  );
  const users = userCounts(sideRecord(records, host, 'target'), bucketMs);
  expect([...users.values()]).toEqual([
    { n: 10, e: 2 },
    { n: 0, e: 0 },
    { n: 5, e: 2 },
  ]);
});

test('a probe that the balancer stamped a moment later is taken off the next bucket', () => {
  const sent = [59_000, 59_500, 59_900].map((sentAt) => outcome(sentAt));
  const records = recordMetrics(probed(...sent), [
    report([
      [0, 2],
      [0, 1],
      [0, 1],
    ]),
  ]);
  const users = userCounts(sideRecord(records, host, 'target'), bucketMs);
  expect([...users.values()].map(({ n }) => n)).toEqual([0, 0, 1]);
});

test('only what is new or revised is news, whatever the order of the keys', () => {
  const known = recordMetrics([], [report([[0, 10], [1, 10], null])]);
  expect(news(known, report([[0, 10], [1, 10], null])).buckets).toEqual([]);
  expect(
    news(
      known,
      report([
        [0, 10],
        [2, 10],
        [0, 3],
      ]),
    ).buckets.map((bucket) => bucket.at),
  ).toEqual([at(1), at(2)]);
});
