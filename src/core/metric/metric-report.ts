import type { Counts, Quantile } from '../gate/metrics/bucket.js';
import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import type { Instant } from '../time.js';
import type { MetricSeries } from './metric-series.js';

/** What one side did in one bucket, as its metrics tell. Null is unknown; zero requests are known. */
export interface MeasuredBucket {
  /** The start of the bucket. */
  readonly at: Instant;
  /** Our own probes included, as every balancer counts them. */
  readonly requests: Counts | null;
  /** Requests and how many of them were slow; null where that is not measured. */
  readonly slow: Counts | null;
  readonly latency: Quantile | null;
  readonly gauges: Readonly<Record<string, number>>;
}

/** One side of one host in one tick: the buckets that are new or say something else than before, oldest first. */
export interface MetricReport {
  readonly host: RecordName;
  readonly side: SideName;
  /** The worst answer among the side's queries. */
  readonly status: MetricSeries['status'];
  readonly buckets: readonly MeasuredBucket[];
  /** Every bucket that ends at or before it has been read; null when nothing could be. */
  readonly readTo: Instant | null;
  readonly warnings: readonly string[];
}
