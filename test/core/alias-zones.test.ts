import { describe, expect, test } from 'vitest';
import { aliasService, aliasZoneOf } from '../../src/core/alias-zones.js';

describe('the hosted zone of an alias', () => {
  test.each([
    ['my-alb-1.eu-west-1.elb.amazonaws.com.', 'Z32O12XQLNTSW2'],
    ['dualstack.my-alb-1.us-east-1.elb.amazonaws.com.', 'Z35SXDOTRQ7X7K'],
    ['My-NLB-1.elb.us-east-1.amazonaws.com', 'Z26RNL4JYFTOTI'],
    ['d111111abcdef8.cloudfront.net.', 'Z2FDTNDATAQYW2'],
  ])('of %s is AWS’s published one', (name, zone) => {
    expect(aliasZoneOf(name, [])).toBe(zone);
  });

  test.each([
    'my-alb-1.mars-north-1.elb.amazonaws.com.',
    'my-nlb-1.elb.ap-northeast-3.amazonaws.com.',
    'my-alb-1.cn-north-1.elb.amazonaws.com.cn.',
    'www.example.net.',
    'a.b.eu-west-1.elb.amazonaws.com.',
    'constructor.constructor.elb.amazonaws.com.',
    'cloudfront.net.',
  ])('of %s is not guessed', (name) => {
    expect(aliasZoneOf(name, [])).toBeNull();
  });

  test('of an unknown region is that of a recorded alias to the same service there, and of no other', () => {
    const recorded = (dnsName: string) => [{ hostedZoneId: 'ZMARS', dnsName, evaluateTargetHealth: false }];
    const name = 'new.mars-north-1.elb.amazonaws.com.';
    expect(aliasZoneOf(name, recorded('dualstack.old.mars-north-1.elb.amazonaws.com.'))).toBe('ZMARS');
    expect(aliasZoneOf(name, recorded('old.elb.mars-north-1.amazonaws.com.'))).toBeNull();
    expect(aliasZoneOf(name, recorded('old.venus-east-1.elb.amazonaws.com.'))).toBeNull();
  });

  test('tells the two kinds of load balancer apart by the order of their labels', () => {
    expect(aliasService('x.eu-west-1.elb.amazonaws.com')).toEqual({
      service: 'application-load-balancer',
      region: 'eu-west-1',
    });
    expect(aliasService('x.elb.eu-west-1.amazonaws.com')).toEqual({
      service: 'network-load-balancer',
      region: 'eu-west-1',
    });
    expect(aliasService('x.example.com')).toBeNull();
  });
});
