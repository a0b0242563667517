import { startCloudWatch, type CloudWatchApi } from '../../../src/lab/cloudwatch/server.js';
import { metricOf, type Metric } from '../../../src/lab/cloudwatch/metric.js';
import { ToldLog } from '../../../src/lab/cloudwatch/told-log.js';
import { MetricsSwitch } from '../../../src/lab/metrics-behaviour.js';
import { MetricsPage } from '../../../src/lab/metrics-page.js';

/** The instant that an API under test takes for now, a full minute. */
export const nowSecond: number = 1_795_000_020;

/** An API with one metric, `Test/Load` under `Host=a`, that has 1 at 100 s before now, 2 at 99, ... 100 at 1 s before now. */
export async function startApi(): Promise<CloudWatchApi> {
  const log = new ToldLog<number>();
  for (let value = 1; value <= 100; value += 1) log.add(value, (nowSecond - 101 + value) * 1_000, 0);
  const load = { namespace: 'Test', name: 'Load', unit: 'Count' as const };
  const metrics: Metric[] = [
    metricOf({ ...load, dimensions: [{ name: 'Host', value: 'a' }] }, log, (value) => value),
    metricOf(
      { ...load, dimensions: [{ name: 'Host', value: 'b' }] },
      new ToldLog<number>(),
      (value) => value,
    ),
    metricOf({ ...load, name: 'Time', unit: 'Seconds', dimensions: [] }, log, (value) => value / 10),
  ];
  const quiet = new MetricsSwitch();
  const page = new MetricsPage({ source: quiet, target: quiet });
  return startCloudWatch({ metrics, page, host: '127.0.0.1', port: 0, now: () => nowSecond * 1_000 });
}

/** As far as the API looks at a signature. */
export const authorization: string =
  'AWS4-HMAC-SHA256 Credential=AKIALAB/20261121/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0';
