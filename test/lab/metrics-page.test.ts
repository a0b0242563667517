import { beforeEach, expect, test } from 'vitest';
import { MetricsSwitch } from '../../src/lab/metrics-behaviour.js';
import { MetricsPage } from '../../src/lab/metrics-page.js';
import { served } from './cloudwatch/served.js';

let target: MetricsSwitch;
let page: MetricsPage;

beforeEach(() => {
  target = new MetricsSwitch();
  page = new MetricsPage({ source: new MetricsSwitch(), target });
});

async function lines(start: string): Promise<string[]> {
  return (await page.text()).split('\n').filter((line) => line.startsWith(start));
}

test('requests are counted by side and class of status; one that was given up is a 4xx', async () => {
  page.count('source', served(1_000));
  page.count('source', served(1_000));
  page.count('source', served(1_000, { kind: 'platform', status: 503 }));
  page.count('target', served(1_000, { kind: 'abandoned' }));
  expect(await lines('http_requests_total')).toEqual([
    'http_requests_total{side="source",code="2xx"} 2',
    'http_requests_total{side="source",code="5xx"} 1',
    'http_requests_total{side="target",code="4xx"} 1',
  ]);
});

test('durations are in seconds, in buckets that count what is below them', async () => {
  page.count('target', served(1_000, undefined, { startedAtMs: 940 }));
  const buckets = await lines('http_request_duration_seconds_bucket');
  expect(buckets).toContain('http_request_duration_seconds_bucket{le="0.05",side="target"} 0');
  expect(buckets).toContain('http_request_duration_seconds_bucket{le="0.1",side="target"} 1');
  expect(await lines('http_request_duration_seconds_sum')).toEqual([
    'http_request_duration_seconds_sum{side="target"} 0.06',
  ]);
});

test('a side that is silenced is not on the page, and counts from zero afterwards', async () => {
  page.count('source', served(1_000));
  page.count('target', served(1_000));
  target.change({ silenced: true });
  page.count('target', served(2_000));
  expect(await lines('http_requests_total')).toEqual(['http_requests_total{side="source",code="2xx"} 1']);
  expect((await lines('http_request_duration_seconds_count')).join()).not.toContain('target');
  target.change({ silenced: false });
  page.count('target', served(3_000));
  expect(await lines('http_requests_total{side="target"')).toEqual([
    'http_requests_total{side="target",code="2xx"} 1',
  ]);
});
