import { describe, expect, test } from 'vitest';
import { aliasService, aliasZoneOf } from '../../src/core/alias-zones.js';

describe('the hosted zone of an alias', () => {
  test.each([
    ['my-alb-1.eu-west-1.elb.amazonaws.com.', 'Z32O12XQLNTSW2'],
    ['dualstack.my-alb-1.us-east-1.elb.amazonaws.com.', 'Z35SXDOTRQ7X7K'],
    ['My-NLB-1.elb.us-east-1.amazonaws.com', 'Z26RNL4JYFTOTI'],
    ['my-nlb-1.elb.ap-northeast-3.amazonaws.com.', 'Z1GWIQ4HH19I5X'],
    ['my-alb-1.mx-central-1.elb.amazonaws.com.', 'Z023552324OKD1BB28BH5'],
    ['d111111abcdef8.cloudfront.net.', 'Z2FDTNDATAQYW2'],
  ])('of %s is AWS’s published one', (name, zone) => {
    expect(aliasZoneOf(name, [])).toBe(zone);
  });

  test.each([
    'my-alb-1.mars-north-1.elb.amazonaws.com.',
    'my-nlb-1.elb.us-gov-west-1.amazonaws.com.',
    'my-alb-1.cn-north-1.elb.amazonaws.com.cn.',
    'www.example.net.',
    'a.b.eu-west-1.elb.amazonaws.com.',
    'constructor.constructor.elb.amazonaws.com.',
    'cloudfront.net.',
  ])('of %s is not guessed', (name) => {
    expect(aliasZoneOf(name, [])).toBeNull();
  });

  test('is another one for each region and kind of load balancer', () => {
    const regions = [
      ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
      ...['ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
      ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'eu-central-1'],
      ...['eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
      ...['il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1', 'sa-east-1'],
      ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
    ];
    const zones = regions.flatMap((region) => [
      aliasZoneOf(`x.${region}.elb.amazonaws.com.`, []),
      aliasZoneOf(`x.elb.${region}.amazonaws.com.`, []),
    ]);
    for (const zone of zones) expect(zone).toMatch(/^Z[0-9A-Z]{11,31}$/);
    expect(new Set(zones).size).toBe(2 * regions.length);
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
