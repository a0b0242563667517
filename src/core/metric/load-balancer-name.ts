import { err, ok, type Result } from '../result.js';

/** What the DNS name that AWS gives a load balancer says about it. */
export interface LoadBalancerName {
  /** As in the name, so in lower case; the load balancer itself may be written with capitals. */
  readonly name: string;
  readonly region: string;
}

/** One load balancer or target group, as CloudWatch names it in the dimension `LoadBalancer` or `TargetGroup`. */
export interface ElasticLoadBalancingPart {
  readonly region: string;
  /** `app/<name>/<id>` or `targetgroup/<name>/<id>`. */
  readonly dimension: string;
}

/** `<name>-<number>.<region>.elb.amazonaws.com`, with `internal-` or `dualstack.` before it; `.cn` behind it in China. */
const dnsForm =
  /^(?:dualstack\.)?(?:internal-)?([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)-\d+\.([a-z0-9-]{3,32})\.elb\.amazonaws\.com(?:\.cn)?\.?$/;
/** Names are at most 32 letters, digits and hyphens (Elastic Load Balancing API reference, CreateLoadBalancer and CreateTargetGroup). */
const part = '[A-Za-z0-9-]{1,32}/[0-9a-f]{8,32}';
const arnForm = /^arn:aws[a-z-]*:elasticloadbalancing:([a-z0-9-]{3,32}):\d{12}:(.{1,200})$/;
const loadBalancerForm = new RegExp(`^app/${part}$`);
const targetGroupForm = new RegExp(`^targetgroup/${part}$`);
const maxLength = 300;

/**
 * Name and region in the DNS name of an Application Load Balancer (User Guide for Application Load Balancers, "DNS name"). Null for
 * every other name; a Classic Load Balancer has names of the same form.
 */
export function loadBalancerOfDnsName(dnsName: string): LoadBalancerName | null {
  if (dnsName.length > maxLength) return null;
  const [, name, region] = dnsForm.exec(dnsName.toLowerCase()) ?? [];
  return name === undefined || region === undefined ? null : { name, region };
}

/** True when `app/<name>/<id>` is the load balancer of this name; DNS keeps no capitals. */
export function isLoadBalancerNamed(dimension: string, name: string): boolean {
  return loadBalancerForm.test(dimension) && dimension.split('/')[1]?.toLowerCase() === name;
}

export function isTargetGroupDimension(dimension: string): boolean {
  return targetGroupForm.test(dimension);
}

/**
 * The dimension value of an Application Load Balancer: the end of its ARN, `app/<name>/<id>` (User Guide for Application Load
 * Balancers, "CloudWatch metrics", on dimensions). The error says what to type instead.
 */
export function loadBalancerOfArn(arn: string): Result<ElasticLoadBalancingPart, string> {
  const found = partOfArn(arn);
  const [kind = '', ...rest] = found?.resource.split('/') ?? [];
  const dimension = rest.join('/');
  if (found !== null && kind === 'loadbalancer') {
    if (loadBalancerForm.test(dimension)) return ok({ region: found.region, dimension });
    if (dimension.startsWith('net/') || dimension.startsWith('gwy/'))
      return err('this load balancer does not see HTTP, so CloudWatch knows no failed requests of it');
    if (!dimension.includes('/')) return err(`this is a Classic Load Balancer; ${loadBalancerAdvice}`);
  }
  if (found !== null && kind === 'targetgroup')
    return err(`this is the ARN of a target group; ${loadBalancerAdvice}`);
  return err(`this is not the ARN of a load balancer; ${loadBalancerAdvice}`);
}

/** The dimension value of a target group: the end of its ARN, `targetgroup/<name>/<id>`. The error says what to type instead. */
export function targetGroupOfArn(arn: string): Result<ElasticLoadBalancingPart, string> {
  const found = partOfArn(arn);
  if (found !== null && targetGroupForm.test(found.resource))
    return ok({ region: found.region, dimension: found.resource });
  return err(
    'this is not the ARN of a target group; `aws elbv2 describe-target-groups` lists them: ' +
      'arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>',
  );
}

const loadBalancerAdvice =
  'give the ARN of an Application Load Balancer; `aws elbv2 describe-load-balancers` lists them: ' +
  'arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>';

function partOfArn(arn: string): { readonly region: string; readonly resource: string } | null {
  if (arn.length > maxLength) return null;
  const [, region, resource] = arnForm.exec(arn) ?? [];
  return region === undefined || resource === undefined ? null : { region, resource };
}
