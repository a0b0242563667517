/** Application and Network Load Balancer zones by region (AWS General Reference, "Elastic Load Balancing endpoints and quotas"). */
const loadBalancerZones: Readonly<Record<string, readonly [application: string, network: string]>> = {
  'us-east-1': ['Z35SXDOTRQ7X7K', 'Z26RNL4JYFTOTI'],
  'us-east-2': ['Z3AADJGX6KTTL2', 'ZLMOA37VPKANP'],
  'us-west-1': ['Z368ELLRRE2KJ0', 'Z24FKFUX50B4VW'],
  'us-west-2': ['Z1H1FL5HABSF5', 'Z18D5FSROUN65G'],
  'ca-central-1': ['ZQSVJUPU6J1EY', 'Z2EPGBW3API2WT'],
  'eu-central-1': ['Z215JYRZR1TBD5', 'Z3F0SRJ5LGBH90'],
  'eu-west-1': ['Z32O12XQLNTSW2', 'Z2IFOLAFXWLO4F'],
  'eu-west-2': ['ZHURV8PSTC4K8', 'ZD4D7Y8KGAS4G'],
  'eu-west-3': ['Z3Q77PNBQS71R4', 'Z1CMS0P5QUZ6D5'],
  'eu-north-1': ['Z23TAZ6LKFMNIO', 'Z1UDT6IFJ4EJM'],
  'ap-northeast-1': ['Z14GRHDCWA56QT', 'Z31USIVHYNEOWT'],
  'ap-southeast-1': ['Z1LMS91P8CMLE5', 'ZKVM4W9LS7TM'],
  'ap-southeast-2': ['Z1GM3OXH4ZPM65', 'ZCT6FZBF4DROD'],
  'ap-south-1': ['ZP97RAFLXTNZK', 'ZVDDRBQ08TROA'],
  'sa-east-1': ['Z2P70J7HTTTPLU', 'ZTK26PT1VY4CU'],
};

const suffixes: ReadonlyMap<string, string> = new Map([
  // The two kinds of load balancer have the labels of their names in another order (General Reference, the same table).
  ...Object.entries(loadBalancerZones).flatMap(([region, [application, network]]): [string, string][] => [
    [application, `${region}.elb.amazonaws.com.`],
    [network, `elb.${region}.amazonaws.com.`],
  ]),
  // Route 53 API reference, AliasTarget: every CloudFront distribution is under this one id.
  ['Z2FDTNDATAQYW2', 'cloudfront.net.'],
]);

/** The zone of AWS behind a hosted zone id that an alias may name, normalised; undefined for ids the lab does not know. */
export function awsServiceSuffix(hostedZoneId: string): string | undefined {
  return suffixes.get(hostedZoneId);
}
