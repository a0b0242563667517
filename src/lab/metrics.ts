import { Books } from './cloudwatch/books.js';
import type { LoadBalancerNames } from './cloudwatch/load-balancer-metrics.js';
import { startCloudWatch } from './cloudwatch/server.js';
import type { Closing } from './closing.js';
import { MetricsPage } from './metrics-page.js';
import type { LabSettings } from './settings.js';
import type { Side, Sides } from './side.js';

/** Where the lab's metrics are, and by which names. */
export interface LabMetrics {
  /** Endpoint of CloudWatch, without a slash at the end. */
  readonly cloudWatchUrl: string;
  /** Page for Prometheus. */
  readonly pageUrl: string;
  /** Values of the dimensions of `AWS/ApplicationELB`. */
  readonly loadBalancer: LoadBalancerNames;
  /** Value of the dimension `DBInstanceIdentifier` of `AWS/RDS`. */
  readonly database: string;
}

/** The last parts of the ARNs of `my-alb-1.eu-west-1.elb.amazonaws.com` and of its target group. */
const loadBalancer: LoadBalancerNames = {
  loadBalancer: 'app/my-alb/50dc6c495c0c9188',
  targetGroup: 'targetgroup/my-targets/73e2d6bc24d8a067',
  zones: ['eu-west-1a', 'eu-west-1b'],
};

const database = 'my-database';

/** Less than a second, so that one second after its end a bucket of one second is complete. */
const usualDelayMs = 800;

const gaugeEveryMs = 250;

export interface MetricsOptions {
  readonly settings: LabSettings;
  readonly sides: Sides;
  readonly source: Side;
  readonly target: Side;
  readonly now: () => number;
  readonly closing: Closing;
}

/** Starts CloudWatch and the page for Prometheus on what both sides serve from now on. */
export async function startMetrics(options: MetricsOptions): Promise<LabMetrics> {
  const { settings, sides, source, target, now, closing } = options;
  const { heroku, aws } = sides;
  const books = new Books({
    balancer: {
      names: loadBalancer,
      addresses: settings.addresses.loadBalancer,
      behaviour: () => aws.origin.behaviour,
      metrics: aws.metrics,
    },
    database,
    usualDelayMs,
    now,
  });
  const page = new MetricsPage({ source: source.metrics, target: target.metrics });
  aws.origin.onServed((served) => books.balanced(served));
  heroku.origin.onServed(() => books.used());
  source.origin.onServed((served) => page.count('source', served));
  target.origin.onServed((served) => page.count('target', served));
  const timer = setInterval(() => books.gauge(), gaugeEveryMs);
  closing.defer(() => {
    clearInterval(timer);
    return Promise.resolve();
  });
  const { cloudWatchApi: host } = settings.addresses;
  const api = closing.add(
    await startCloudWatch({ metrics: books.metrics, page, host, port: settings.apiPort, now }),
  );
  return { cloudWatchUrl: api.url, pageUrl: `${api.url}/metrics`, loadBalancer, database };
}
