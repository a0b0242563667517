import { hostName, recordName } from '../../src/core/record-name.js';
import type { MigrationRequest } from '../../src/engine/plan-migration.js';
import { seededRandom } from '../../src/lab/random.js';
import { albTarget, cname, herokuTarget, move, value, www } from '../engine/world.js';
import type { HostNames } from './zone-view.js';

/** Seeds from here on play a group of hosts; those before it play one host. */
export const firstGroupSeed = 1_000_000_000;

/** One host of a run: what its plan says, and what stands there at the start. */
export interface PlayedHost extends HostNames {
  readonly kind: Kind;
  readonly move: MigrationRequest['hosts'][number];
  readonly originals: readonly object[];
}

type Kind = 'a simple CNAME' | 'an alias' | 'a pair made by hand';

/** The two set identifiers of the pair that somebody made by hand. */
const [blue, green] = ['blue', 'green'] as const;

/**
 * The hosts that the migration of a seed moves, in the order of its plan. Those of a group stand in the zone in different ways, and each
 * has a source and a target of its own. Drawn from a stream of their own, so that what befalls them does not depend on it.
 */
export function playedHosts(seed: number): readonly PlayedHost[] {
  if (seed < firstGroupSeed) return [simpleHost(www, 1)];
  const random = seededRandom(`hosts of simulation ${seed}`);
  const below = (limit: number): number => Math.floor(random() * limit);
  const kinds: Kind[] = ['a simple CNAME', 'an alias', 'a pair made by hand'];
  const count = 2 + below(2);
  return ['www', 'api', 'shop'].slice(0, count).map((label) => {
    const [kind] = kinds.splice(below(kinds.length), 1);
    return hostOf(kind ?? 'a simple CNAME', `${label}.example.com`, 1 + below(3), below(2) === 0);
  });
}

function hostOf(kind: Kind, name: string, ttl: number, hasIpv6: boolean): PlayedHost {
  switch (kind) {
    case 'a simple CNAME':
      return simpleHost(name, ttl);
    case 'an alias':
      return aliasedHost(name, hasIpv6);
    case 'a pair made by hand':
      return pairedHost(name, ttl);
  }
}

/** Moves from Heroku to a load balancer. */
function simpleHost(name: string, ttl: number): PlayedHost {
  const host = value(hostName(name));
  const ends = { source: herokuTarget, target: albTarget };
  const originals = [cname(host, herokuTarget, ttl)];
  return { kind: 'a simple CNAME', ...namesOf(host), ...ends, move: move(host), originals };
}

/** Moves from a load balancer, to which aliases point, to Heroku. */
function aliasedHost(name: string, hasIpv6: boolean): PlayedHost {
  const host = value(hostName(name));
  const source = loadBalancer('aliased');
  // The hosted zone of load balancers in eu-west-1 (AWS General Reference, "Elastic Load Balancing endpoints and quotas").
  const alias = {
    hostedZoneId: 'Z32O12XQLNTSW2',
    dnsName: `dualstack.${source}`,
    evaluateTargetHealth: true,
  };
  const originals = (hasIpv6 ? ['A', 'AAAA'] : ['A']).map((type) => ({ name: host, type, alias }));
  const from = { platform: 'aws', dnsName: value(recordName(source)) } as const;
  const ends = { source, target: herokuTarget };
  return {
    kind: 'an alias',
    ...namesOf(host),
    ...ends,
    move: { host, from, to: { platform: 'heroku', app: 'my-app' } },
    originals,
  };
}

/** Moves between two load balancers, for which somebody has made a weighted pair by hand. */
function pairedHost(name: string, ttl: number): PlayedHost {
  const host = value(hostName(name));
  const [source, target] = [loadBalancer(blue), loadBalancer(green)];
  const side = (dnsName: string) => ({ platform: 'aws', dnsName: value(recordName(dnsName)) }) as const;
  const originals = [
    { ...cname(host, source, ttl), setIdentifier: blue, weight: 100 },
    { ...cname(host, target, ttl), setIdentifier: green, weight: 0 },
  ];
  const plan = { host, from: side(source), to: side(target) };
  return { kind: 'a pair made by hand', ...namesOf(host), source, target, move: plan, originals };
}

function namesOf(host: string): Pick<HostNames, 'host' | 'marker'> {
  return { host, marker: `_shift.${host}` };
}

function loadBalancer(name: string): string {
  return `${name}-1.eu-west-1.elb.amazonaws.com.`;
}
