import type { ProviderFailure } from '../../core/failure.js';
import {
  isLoadBalancerNamed,
  isTargetGroupDimension,
  loadBalancerOfDnsName,
} from '../../core/metric/load-balancer-name.js';
import type { LoadBalancerPlace } from '../../core/metric/presets/cloudwatch-load-balancer.js';
import { err, ok, type Result } from '../../core/result.js';
import { fieldsOf, readToken, UnexpectedAnswer } from './answer.js';
import { failure } from './classify.js';
import type { Clients } from './clients.js';
import type { Deadline } from './deadline.js';
import { foreignText } from './foreign-text.js';

const operation = 'ListMetrics';
/** Pages hold 500 metrics; a load balancer has a handful under each of these names. */
const maxPages = 20;
/**
 * RequestCount tells which load balancers are used, HealthyHostCount names every target group, one that nobody has asked for anything
 * yet included: a new target must neither go unseen nor be taken for its busy neighbour.
 */
const metricNames = ['RequestCount', 'HealthyHostCount'];

/** The load balancer behind a DNS name. */
export interface DiscoveredLoadBalancer extends LoadBalancerPlace {
  /** What was found, for people. */
  readonly fact: string;
}

/** Looks in CloudWatch's own list of the last three hours, so that no permission beyond CloudWatch is needed. */
export async function findLoadBalancer(
  clients: Clients,
  deadline: Deadline,
  dnsName: string,
  askedRegion: string | null,
): Promise<Result<DiscoveredLoadBalancer, ProviderFailure>> {
  const parsed = loadBalancerOfDnsName(dnsName);
  if (parsed === null) {
    const why = `${foreignText(dnsName, 255)} is not the DNS name of an Application Load Balancer`;
    return err(failure('not-found', operation, `${why}; ${advice(null)}`));
  }
  const { name } = parsed;
  const region = askedRegion ?? parsed.region;
  const found = new Map<string, Set<string>>();
  for (const metricName of metricNames) {
    const listed = await deadline.call(operation, async (options) => {
      let token: string | null = null;
      const seen = new Set<string>();
      for (let page = 0; page < maxPages; page += 1) {
        const command = new clients.sdk.ListMetricsCommand({
          Namespace: 'AWS/ApplicationELB',
          MetricName: metricName,
          RecentlyActive: 'PT3H',
          ...(token === null ? {} : { NextToken: token }),
        });
        const answer = fieldsOf(await clients.in(region).send(command, options));
        collect(answer['Metrics'], name, found);
        token = readToken(answer);
        if (token === null) return;
        if (seen.has(token)) throw new UnexpectedAnswer('the list of metrics goes in a circle');
        seen.add(token);
      }
      throw new UnexpectedAnswer(
        `CloudWatch lists more than ${maxPages} pages of ${metricName}; ${advice(region)}`,
      );
    });
    if (!listed.ok) return listed;
  }
  return chosen(found, name, region);
}

/** @throws UnexpectedAnswer when there is no list: an empty answer with status 200 is read by the SDK without complaint. */
function collect(metrics: unknown, name: string, found: Map<string, Set<string>>): void {
  if (!Array.isArray(metrics)) throw new UnexpectedAnswer('CloudWatch answered without a list of metrics');
  for (const metric of metrics as readonly unknown[]) {
    const dimensions = dimensionsOf(fieldsOf(metric)['Dimensions']);
    const loadBalancer = dimensions.get('LoadBalancer') ?? '';
    const targetGroup = dimensions.get('TargetGroup');
    if (!isLoadBalancerNamed(loadBalancer, name)) continue;
    const behind = found.get(loadBalancer) ?? new Set();
    found.set(loadBalancer, behind);
    if (targetGroup !== undefined && isTargetGroupDimension(targetGroup)) behind.add(targetGroup);
  }
}

function dimensionsOf(list: unknown): ReadonlyMap<string, string> {
  const dimensions = new Map<string, string>();
  for (const dimension of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const { Name, Value } = fieldsOf(dimension);
    if (typeof Name === 'string' && typeof Value === 'string') dimensions.set(Name, Value);
  }
  return dimensions;
}

function chosen(
  found: ReadonlyMap<string, ReadonlySet<string>>,
  name: string,
  region: string,
): Result<DiscoveredLoadBalancer, ProviderFailure> {
  const [only, ...others] = found;
  if (only === undefined) {
    const why = `CloudWatch has heard nothing of an Application Load Balancer ${name} in ${region} for three hours`;
    return err(failure('not-found', operation, `${why}; ${advice(region)}`));
  }
  if (others.length > 0) {
    const names = [...found.keys()].slice(0, 3).join(', ');
    const why = `CloudWatch knows ${found.size} load balancers ${name} in ${region} (${names})`;
    return err(failure('not-found', operation, `${why}; ${advice(region)}`));
  }
  const [loadBalancer, targetGroups] = only;
  const [targetGroup] = targetGroups;
  const base = { region, loadBalancer, shared: targetGroups.size > 1 };
  const fact = `load balancer ${loadBalancer} in ${region}`;
  if (targetGroup === undefined)
    return ok({ ...base, targetGroup: null, fact: `${fact}, no target group of which CloudWatch has heard` });
  if (targetGroups.size === 1)
    return ok({ ...base, targetGroup, fact: `${fact}, target group ${targetGroup}` });
  return ok({
    ...base,
    targetGroup: null,
    fact: `${fact}; it has ${targetGroups.size} target groups, so the requests of all of them are measured together`,
  });
}

function advice(region: string | null): string {
  const list = `aws elbv2 describe-load-balancers${region === null ? '' : ` --region ${region}`}`;
  return `name it with --load-balancer <arn>, which \`${list}\` lists`;
}
