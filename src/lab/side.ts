import type { CertificateAuthority } from './certificates.js';
import type { Closing } from './closing.js';
import { herokuApp, HerokuApps, herokuDnsTarget } from './heroku/apps.js';
import { MetricsSwitch } from './metrics-behaviour.js';
import { herokuRouter } from './origins/heroku-router.js';
import { usualServiceTimeMs } from './origins/behaviour.js';
import { loadBalancer } from './origins/load-balancer.js';
import { startOrigin, type Origin } from './origins/origin.js';
import type { Random } from './random.js';
import type { LabSettings } from './settings.js';

/** One side of the migration. */
export interface Side {
  /** As the product is told: `heroku:my-app`, or `aws:` with the name of the load balancer. */
  readonly endpoint: string;
  /** What records of this side point at, without the final dot. */
  readonly dnsName: string;
  readonly origin: Origin;
  /** How the side's own metrics reach those who ask for them. */
  readonly metrics: MetricsSwitch;
}

export interface Sides {
  readonly heroku: Side;
  readonly aws: Side;
  readonly apps: HerokuApps;
}

/** Hosted zone id of Application Load Balancers in eu-west-1 (AWS General Reference, "Elastic Load Balancing endpoints"). */
export const loadBalancerZoneId = 'Z32O12XQLNTSW2';
export const loadBalancerZone = 'eu-west-1.elb.amazonaws.com';

const appName = 'my-app';
const loadBalancerName = 'my-alb-1';

export interface SidesOptions {
  readonly settings: LabSettings;
  /** The live hostname; both sides have a certificate for it. */
  readonly host: string;
  readonly authority: CertificateAuthority;
  /** A stream of random numbers for the part with this name. */
  readonly randomFor: (part: string) => Random;
  readonly now: () => number;
  readonly closing: Closing;
}

/** Starts both origins, each with its own deployment of the application. */
export async function startSides(options: SidesOptions): Promise<Sides> {
  const { settings, host, authority, randomFor, now, closing } = options;
  const { herokuRouter: routers, loadBalancer: balancers } = settings.addresses;
  const [onHeroku, onAws, wildcard] = await Promise.all([
    authority.issue([host]),
    authority.issue([host]),
    authority.issue(['*.herokuapp.com']),
  ]);
  const cname = herokuDnsTarget(randomFor('heroku-dns-target'));
  const domains = [{ hostname: host, cname, certificate: onHeroku }];
  const apps = new HerokuApps([
    herokuApp({ name: appName, createdAt: new Date('2026-01-05T08:00:00Z'), domains }),
  ]);
  const common = { port: settings.httpsPort, now, serviceTimeMs: usualServiceTimeMs };
  const heroku = await startOrigin({
    ...common,
    platform: herokuRouter((name) => apps.route(name), wildcard),
    addresses: routers,
    random: randomFor('heroku-router'),
  });
  closing.add(heroku);
  const aws = await startOrigin({
    ...common,
    platform: loadBalancer(loadBalancerName, onAws),
    addresses: balancers,
    optionalAddresses: ['::1'],
    random: randomFor('load-balancer'),
  });
  closing.add(aws);
  const albName = `${loadBalancerName}.${loadBalancerZone}`;
  return {
    apps,
    heroku: { endpoint: `heroku:${appName}`, dnsName: cname, origin: heroku, metrics: new MetricsSwitch() },
    aws: { endpoint: `aws:${albName}`, dnsName: albName, origin: aws, metrics: new MetricsSwitch() },
  };
}
