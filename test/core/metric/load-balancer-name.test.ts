import { describe, expect, it } from 'vitest';
import {
  isLoadBalancerNamed,
  loadBalancerOfArn,
  loadBalancerOfDnsName,
  targetGroupOfArn,
} from '../../../src/core/metric/load-balancer-name.js';

describe('the DNS name of a load balancer', () => {
  it.each([
    ['my-alb-1234567890.eu-west-1.elb.amazonaws.com', 'my-alb', 'eu-west-1'],
    ['My-ALB-1234567890.eu-west-1.elb.amazonaws.com.', 'my-alb', 'eu-west-1'],
    ['internal-my-alb-12.us-gov-west-1.elb.amazonaws.com', 'my-alb', 'us-gov-west-1'],
    ['dualstack.my-alb-12.ap-southeast-2.elb.amazonaws.com', 'my-alb', 'ap-southeast-2'],
    ['web-2-12.eu-west-1.elb.amazonaws.com', 'web-2', 'eu-west-1'],
    ['a-1.cn-north-1.elb.amazonaws.com.cn', 'a', 'cn-north-1'],
  ])('%s says its name and region', (dnsName, name, region) => {
    expect(loadBalancerOfDnsName(dnsName)).toEqual({ name, region });
  });

  it.each([
    'my-nlb-0123456789abcdef.elb.eu-west-1.amazonaws.com',
    'd111111abcdef8.cloudfront.net',
    'www.example.com',
    'my-alb.eu-west-1.elb.amazonaws.com',
    '-12.eu-west-1.elb.amazonaws.com',
    'x.my-alb-12.eu-west-1.elb.amazonaws.com',
    'my-alb-12.eu-west-1.elb.amazonaws.com.evil.example',
    `${'a'.repeat(33)}-12.eu-west-1.elb.amazonaws.com`,
    `${'a-'.repeat(100_000)}1`,
    '',
  ])('%s is none', (dnsName) => {
    expect(loadBalancerOfDnsName(dnsName)).toBeNull();
  });

  it('belongs to the load balancer of that whole name, whose capitals DNS has lost', () => {
    expect(isLoadBalancerNamed('app/My-ALB/50dc6c495c0c9188', 'my-alb')).toBe(true);
    expect(isLoadBalancerNamed('app/my-alb-2/50dc6c495c0c9188', 'my-alb')).toBe(false);
    expect(isLoadBalancerNamed('net/my-alb/50dc6c495c0c9188', 'my-alb')).toBe(false);
    expect(isLoadBalancerNamed('app/my-alb', 'my-alb')).toBe(false);
  });
});

describe('an ARN', () => {
  const prefix = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

  it('of a load balancer ends with its dimension', () => {
    expect(loadBalancerOfArn(`${prefix}:loadbalancer/app/My-ALB/50dc6c495c0c9188`)).toEqual({
      ok: true,
      value: { region: 'eu-west-1', dimension: 'app/My-ALB/50dc6c495c0c9188' },
    });
  });

  it('of a target group ends with its dimension', () => {
    const arn = 'arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/web/73e2d6bc24d8a067';
    expect(targetGroupOfArn(arn)).toEqual({
      ok: true,
      value: { region: 'cn-north-1', dimension: 'targetgroup/web/73e2d6bc24d8a067' },
    });
  });

  it.each([
    [`${prefix}:loadbalancer/net/my-nlb/50dc6c495c0c9188`, 'does not see HTTP'],
    [`${prefix}:loadbalancer/my-classic`, 'Classic Load Balancer'],
    [`${prefix}:targetgroup/web/73e2d6bc24d8a067`, 'ARN of a target group'],
    [`${prefix}:listener/app/web/50dc6c495c0c9188/0123456789abcdef`, 'describe-load-balancers'],
    ['app/my-alb/50dc6c495c0c9188', 'describe-load-balancers'],
    ['arn:aws:s3:::bucket', 'describe-load-balancers'],
    [`arn:aws:elasticloadbalancing:eu-west-1:123456789012:${'loadbalancer/'.repeat(1000)}`, 'describe-'],
    ['', 'describe-load-balancers'],
  ])('%.60s is refused as a load balancer with what to type', (arn, advice) => {
    expect(loadBalancerOfArn(arn)).toEqual({ ok: false, error: expect.stringContaining(advice) as string });
  });

  it('of something else is refused as a target group with what to type', () => {
    expect(targetGroupOfArn(`${prefix}:loadbalancer/app/web/50dc6c495c0c9188`)).toEqual({
      ok: false,
      error: expect.stringContaining('describe-target-groups') as string,
    });
  });
});
