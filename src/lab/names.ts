import type { Closing } from './closing.js';
import { startNameServer, type NameServer } from './dns/name-server.js';
import { resolveQuestion } from './dns/recursion.js';
import { startRecursive } from './dns/recursive.js';
import { Checkers } from './health-checks/checkers.js';
import { HealthChecks } from './health-checks/health-checks.js';
import { buildInternet, putRecords } from './internet.js';
import type { LabPlan } from './lab-options.js';
import type { Random } from './random.js';
import type { LabSettings } from './settings.js';
import { loadBalancerZone, loadBalancerZoneId, type Side, type Sides } from './side.js';
import { HostedZones } from './zone/hosted-zones.js';
import type { LabRecord, ZoneSource } from './zone/record.js';

/** The zone of the live hostname, and the hostname. */
export const zoneName = 'example.com';
export const host: string = `www.${zoneName}`;

/** Host names as Route 53 gives them to zones: four, each below another top-level domain. */
const nameServerNames = [
  'ns-1.awsdns-01.com',
  'ns-2.awsdns-02.net',
  'ns-3.awsdns-03.org',
  'ns-4.awsdns-04.co.uk',
] as const;

export interface NamesOptions {
  readonly plan: LabPlan;
  readonly settings: LabSettings;
  readonly sides: Sides;
  /** The side that the host points at to begin with. */
  readonly source: Side;
  readonly randomFor: (part: string) => Random;
  readonly now: () => number;
  readonly closing: Closing;
}

export interface Names {
  /** The zones of the account, as the Route 53 API has them. */
  readonly zones: HostedZones;
  /** Id of the zone of the live hostname. */
  readonly zoneId: string;
  readonly nameServers: readonly NameServer[];
  /** The account's health checks, as the API and the name servers have them. */
  readonly healthChecks: HealthChecks;
}

/** Requests every half second instead of every ten: the lab's policies live in seconds. */
const checkerSpeed = 20;

/** Creates the account's zones and starts the name servers and the resolver on everything that is there to be resolved, and Route 53's checkers. */
export async function startNames(options: NamesOptions): Promise<Names> {
  const { settings, sides, randomFor, now, closing } = options;
  const { addresses, dnsPort } = settings;
  const { zones, zoneId } = createAccount(options);
  const healthChecks = new HealthChecks(zones, randomFor('health-checks'));
  const { isHealthy } = healthChecks;
  const { heroku, aws } = sides;
  const internet = buildInternet({
    account: zones,
    nameServers: nameServerNames.map((name, index) => ({
      name,
      address: addresses.nameServers[index] ?? '',
    })),
    platforms: [
      { name: heroku.dnsName, zone: 'herokudns.com', addresses: heroku.origin.addresses },
      { name: aws.dnsName, zone: loadBalancerZone, addresses: aws.origin.addresses },
      { name: `dualstack.${aws.dnsName}`, zone: loadBalancerZone, addresses: aws.origin.addresses },
    ],
    now,
    random: randomFor('internet'),
  });
  const nameServers: NameServer[] = [];
  for (const [serverIndex, address] of addresses.nameServers.entries()) {
    const random = randomFor(`name-server-${serverIndex}`);
    const at = { host: address, port: dnsPort };
    nameServers.push(
      closing.add(await startNameServer({ zones: internet, serverIndex, random, isHealthy, ...at })),
    );
  }
  const at = { host: addresses.resolver, port: dnsPort };
  closing.add(await startRecursive({ zones: internet, random: randomFor('resolver'), isHealthy, ...at }));
  closing.add(
    new Checkers({
      checks: healthChecks,
      resolve: (name) => addressesIn(internet, name),
      random: randomFor('checkers'),
      now,
      speed: checkerSpeed,
    }),
  );
  return { zones, zoneId, nameServers, healthChecks };
}

function createAccount({ plan, source, now, randomFor }: NamesOptions): {
  zones: HostedZones;
  zoneId: string;
} {
  const zones = new HostedZones({
    serverCount: nameServerNames.length,
    insyncDelayMs: plan.insyncDelayMs,
    now,
    random: randomFor('zones'),
  });
  const [zoneId = ''] = [zoneName, ...plan.extraZones].map((name) => {
    const created = zones.createZone({ name, callerReference: name, nameServers: nameServerNames });
    if (created.kind === 'refused')
      throw new RangeError(`The lab cannot have the zone ${name}: ${created.message}`);
    return created.zone.id;
  });
  putRecords(zones, zoneId, initialRecords(plan, source));
  return { zones, zoneId };
}

function initialRecords(plan: LabPlan, source: Side): readonly LabRecord[] {
  const name = `${host}.`;
  switch (plan.initialRecords) {
    case 'cname':
      return [{ name, type: 'CNAME', ttl: plan.ttlSeconds, values: [source.dnsName] }];
    case 'alias': {
      const dnsName = `${source.dnsName}.`;
      const alias = { hostedZoneId: loadBalancerZoneId, dnsName, evaluateTargetHealth: true };
      return ['A', 'AAAA'].map((type) => ({ name, type, alias }));
    }
    default:
      return plan.initialRecords satisfies never;
  }
}

/** The IPv4 addresses of a name as the world outside this account sees it. */
function addressesIn(internet: ZoneSource, name: string): readonly string[] {
  const lookup = (asked: string): ReturnType<ZoneSource['zoneFor']> => internet.zoneFor(0, asked);
  const { answers } = resolveQuestion(lookup, { name, type: 'A' }, () => 0);
  return answers.flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
}
