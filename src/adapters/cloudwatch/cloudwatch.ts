import type { ProviderFailure } from '../../core/failure.js';
import type { CloudWatchSpec, MetricQuery } from '../../core/metric/metric-query.js';
import type { MetricSeries, MetricWindow } from '../../core/metric/metric-series.js';
import type { Result } from '../../core/result.js';
import { instant, type Instant } from '../../core/time.js';
import type { Clock, MetricSource } from '../../engine/ports.js';
import { batchesOf, keyOf, type Batch } from './batches.js';
import { failure } from './classify.js';
import { Clients } from './clients.js';
import { Deadline } from './deadline.js';
import { failedGathering, type Gathered } from './gathering.js';
import { findLoadBalancer, type DiscoveredLoadBalancer } from './load-balancers.js';
import { readMetrics } from './metric-data.js';
import { judgeRecent, lastDay } from './recent-points.js';
import { readingOf, unasked, type CloudWatchQuery, type Reading } from './series.js';

export interface CloudWatchOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** How long one reading may take in all, whatever the number of its calls. Default 10,000. */
  readonly timeoutMs?: number;
  /** Overrides the SDK's endpoint, for every region. */
  readonly endpoint?: string;
  /** Told the date of every answer. */
  readonly heardDate?: (date: unknown) => void;
}

export interface CloudWatch extends MetricSource {
  readonly kind: 'cloudwatch';
  /**
   * The Application Load Balancer with this DNS name and the target group behind it. `region` overrides the one in the name. Fails where
   * not exactly one load balancer fits; the message asks for its ARN instead.
   */
  discoverLoadBalancer(
    dnsName: string,
    region: string | null,
    signal: AbortSignal,
  ): Promise<Result<DiscoveredLoadBalancer, ProviderFailure>>;
}

const defaultTimeoutMs = 10_000;
/** Calls under way at the same time; CloudWatch allows an account 50 a second (Amazon CloudWatch User Guide, "Service quotas"). */
const parallelCalls = 4;
/** More than a month of minutes. */
const maxBuckets = 50_000;

/** CloudWatch through the AWS SDK. Loads the SDK, so create it only where it is used. Sends nothing yet. */
export async function createCloudWatch(options: CloudWatchOptions): Promise<CloudWatch> {
  const sdk = await import('@aws-sdk/client-cloudwatch');
  const clients = new Clients(sdk, options.endpoint, options.heardDate);
  return new CloudWatchSource(clients, options.clock, options.timeoutMs ?? defaultTimeoutMs);
}

class CloudWatchSource implements CloudWatch {
  readonly kind = 'cloudwatch';
  readonly #clients: Clients;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #timeoutMs: number;

  constructor(clients: Clients, clock: Pick<Clock, 'now'>, timeoutMs: number) {
    this.#clients = clients;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async read(
    queries: readonly MetricQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<readonly MetricSeries[]> {
    const readings = await this.#readings(queries, window, signal);
    return readings.map(({ series }) => series);
  }

  async check(
    queries: readonly MetricQuery[],
    signal: AbortSignal,
  ): Promise<Result<string, ProviderFailure>> {
    const ours = queries.filter(isOurs);
    const readings = await this.#readings(ours, lastDay(this.#clock.now()), signal);
    return judgeRecent(
      readings.flatMap((reading, index) => {
        const query = ours[index];
        return query === undefined ? [] : [{ query, reading }];
      }),
    );
  }

  async discoverLoadBalancer(
    dnsName: string,
    region: string | null,
    signal: AbortSignal,
  ): Promise<Result<DiscoveredLoadBalancer, ProviderFailure>> {
    using deadline = this.#deadline(signal);
    return await findLoadBalancer(this.#clients, deadline, dnsName, region);
  }

  /** One for each query, in their order. Time is read before anything is asked: a bucket that ends meanwhile was not whole yet. */
  async #readings(
    queries: readonly MetricQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<readonly Reading[]> {
    const trouble = troubleWith(window);
    const settledTo = lastBucketEnd(this.#clock.now(), window);
    if (trouble !== null) return queries.map((query) => unasked(query, settledTo, trouble));
    const gathered = await this.#gather(queries.filter(isOurs), window, signal);
    return queries.map((query) => {
      if (!isOurs(query)) return unasked(query, settledTo, foreign);
      return readingOf(query, gathered.get(keyOf(query.spec)) ?? failedGathering(unread), window, settledTo);
    });
  }

  #deadline(signal: AbortSignal): Deadline {
    return new Deadline(signal, this.#timeoutMs, (trouble) => this.#clients.hear(trouble));
  }

  async #gather(
    queries: readonly CloudWatchQuery[],
    window: MetricWindow,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Gathered>> {
    using deadline = this.#deadline(signal);
    const clients = this.#clients;
    const found = new Map<string, Gathered>();
    const read = async ({ region, specs }: Batch): Promise<void> => {
      const answers = await readMetrics({ clients, region, window, deadline }, specs);
      answers.forEach((answer, index) => {
        const spec = specs[index];
        if (spec !== undefined) found.set(keyOf(spec), answer);
      });
    };
    await inParallel(batchesOf(queries.map(({ spec }) => spec)), read);
    return found;
  }
}

async function inParallel(batches: readonly Batch[], work: (batch: Batch) => Promise<void>): Promise<void> {
  const waiting = batches.values();
  const worker = async (): Promise<void> => {
    for (const batch of waiting) await work(batch);
  };
  await Promise.all(Array.from({ length: parallelCalls }, worker));
}

const foreign = failure('invalid', 'GetMetricData', 'this query is not for CloudWatch');
const unread = failure('unknown', 'GetMetricData', 'CloudWatch was not asked for this metric');

function isOurs(query: MetricQuery): query is MetricQuery & { readonly spec: CloudWatchSpec } {
  return query.spec.source === 'cloudwatch';
}

/** A window that no caller should ask for, said instead of thrown: a reading never rejects. */
function troubleWith({ start, end, bucketMs }: MetricWindow): ProviderFailure | null {
  const wrong = (why: string): ProviderFailure => failure('invalid', 'GetMetricData', why);
  if (![start, end].every(Number.isSafeInteger) || !(bucketMs >= 1000) || bucketMs % 1000 !== 0)
    return wrong('CloudWatch has buckets of whole seconds only');
  if (start % bucketMs !== 0 || end % bucketMs !== 0)
    return wrong('the window does not begin and end with a bucket');
  if (end <= start) return wrong('the window has no bucket');
  if ((end - start) / bucketMs > maxBuckets) return wrong(`the window has more than ${maxBuckets} buckets`);
  return null;
}

function lastBucketEnd(now: Instant, { bucketMs }: MetricWindow): Instant {
  return instant(bucketMs >= 1 ? Math.floor(now / bucketMs) * bucketMs : now);
}
