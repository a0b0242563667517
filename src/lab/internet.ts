import { HostedZones } from './zone/hosted-zones.js';
import { isWithin, normaliseName } from './zone/name.js';
import type { LabRecord, ServedZone, ZoneSource } from './zone/record.js';

/** A name that belongs to a platform, with the addresses behind it. */
export interface PlatformName {
  /** For instance `my-alb-1.eu-west-1.elb.amazonaws.com`. */
  readonly name: string;
  /** The zone the platform keeps it in, for instance `eu-west-1.elb.amazonaws.com`. */
  readonly zone: string;
  /** IPv4 and IPv6. */
  readonly addresses: readonly string[];
}

export interface InternetOptions {
  /** The account's zones, served beside those of everybody else and delegated to from their parents. */
  readonly account: HostedZones;
  /** The name servers of every zone: host name and address. */
  readonly nameServers: readonly { readonly name: string; readonly address: string }[];
  readonly platforms: readonly PlatformName[];
  readonly now: () => number;
  readonly random: () => number;
}

/** As load balancers and Heroku's DNS targets have it. */
const platformTtlSeconds = 60;
/** All of DNS, and the one thing in it that changes outside the account: what the parents say of its zones. */
export interface Internet extends ZoneSource {
  /** The parent of this zone publishes other servers for it, and a DS record or none. */
  redelegate(zone: string, nameServers: readonly string[], ds?: string): void;
}

const delegationTtlSeconds = 172_800;

/**
 * All of DNS that the lab knows: the account's zones, those of the platforms and of the name servers, and the parents that
 * delegate to them. Only the first are in the Route 53 API; the rest belongs to others and never changes.
 */
export function buildInternet(options: InternetOptions): Internet {
  const { account, nameServers, platforms, now, random } = options;
  const others = new HostedZones({ serverCount: account.serverCount, insyncDelayMs: 0, now, random });
  const hosts: PlatformName[] = nameServers.map(({ name, address }) => ({
    name,
    zone: name.slice(name.indexOf('.') + 1),
    addresses: [address],
  }));
  const children = [...platforms, ...hosts].map(({ zone }) => zone);
  children.push(...account.zones().map((zone) => zone.name));
  const records = new Map<string, LabRecord[]>();
  for (const platform of [...platforms, ...hosts]) add(records, platform.zone, addressRecords(platform));
  for (const child of new Set(children.map(normalised)))
    add(records, parentOf(child), [delegation(child, nameServers)]);
  for (const host of hosts) add(records, parentOf(normalised(host.zone)), addressRecords(host));
  for (const [zone, contents] of records) createZone(others, zone, nameServers, contents);
  return {
    serverCount: account.serverCount,
    zoneFor: (serverIndex, name) =>
      deeper(account.zoneFor(serverIndex, name), others.zoneFor(serverIndex, name)),
    redelegate: (zone, servers, ds) => redelegate(others, normalised(zone), servers, ds),
  };
}

function redelegate(
  zones: HostedZones,
  name: string,
  nameServers: readonly string[],
  ds: string | undefined,
): void {
  const parent = zones.zones().find((zone) => zone.name === parentOf(name));
  if (parent === undefined) throw new Error(`The lab has no parent of ${name}.`);
  const common = { name, ttl: delegationTtlSeconds };
  const values = nameServers.map((server) => `${server}.`);
  const records: LabRecord[] = [{ ...common, type: 'NS', values }];
  if (ds !== undefined) records.push({ ...common, type: 'DS', values: [ds] });
  const outcome = zones.change(
    parent.id,
    records.map((record) => ({ action: 'UPSERT', record })),
  );
  if (outcome.kind === 'refused') throw new Error(`The lab could not redelegate ${name}: ${outcome.message}`);
  zones.propagateNow();
}

function deeper(left: ServedZone | undefined, right: ServedZone | undefined): ServedZone | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isWithin(left.apex, right.apex) ? left : right;
}

function add(records: Map<string, LabRecord[]>, zone: string, more: readonly LabRecord[]): void {
  const apex = normalised(zone);
  records.set(apex, [...(records.get(apex) ?? []), ...more]);
}

/** Registries delegate below a single label, and below `co.uk`. */
function parentOf(apex: string): string {
  return isWithin(apex, 'co.uk.') ? 'co.uk.' : `${apex.split('.').at(-2) ?? ''}.`;
}

function delegation(child: string, nameServers: InternetOptions['nameServers']): LabRecord {
  const values = nameServers.map(({ name }) => `${name}.`);
  return { name: child, type: 'NS', ttl: delegationTtlSeconds, values };
}

function addressRecords({ name, addresses }: PlatformName): readonly LabRecord[] {
  const common = { name: normalised(name), ttl: platformTtlSeconds };
  const [v4, v6] = [false, true].map((six) => addresses.filter((address) => address.includes(':') === six));
  return [
    { ...common, type: 'A', values: v4 ?? [] },
    { ...common, type: 'AAAA', values: v6 ?? [] },
  ].filter(({ values }) => values.length > 0);
}

function createZone(
  zones: HostedZones,
  name: string,
  nameServers: InternetOptions['nameServers'],
  records: readonly LabRecord[],
): void {
  const hosts = nameServers.map((server) => server.name);
  const created = zones.createZone({ name, callerReference: name, nameServers: hosts });
  if (created.kind === 'refused') throw new Error(`The lab could not create ${name}: ${created.message}`);
  putRecords(zones, created.zone.id, records);
}

/** Sets a scene: creates records that nothing stands in the way of, on every name server at once. */
export function putRecords(zones: HostedZones, zoneId: string, records: readonly LabRecord[]): void {
  const changes = records.map((record) => ({ action: 'CREATE', record }));
  const outcome = zones.change(zoneId, changes);
  if (outcome.kind === 'refused') throw new Error(`The lab could not set its scene: ${outcome.message}`);
  zones.propagateNow();
}

function normalised(name: string): string {
  const reading = normaliseName(name);
  if (reading.kind === 'fault') throw new Error(`The lab cannot use the name ${name}: ${reading.fault}`);
  return reading.name;
}
