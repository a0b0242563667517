import { getServers } from 'node:dns';
import type { DecodedPacket } from 'dns-packet';
import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import type { Delegation } from '../../engine/inspection-ports.js';
import type { AddressLookup } from './address-lookup.js';
import { rcodeOf, rcodes, sameName, type DnsServer, type Question, type Unanswered } from './question.js';
import { openUdpChannel } from './udp-channel.js';

/** How names and servers are reached. */
export interface Ways {
  /** Null for the first resolver of the system's own list. */
  readonly resolver: DnsServer | null;
  /** The port of every authoritative name server. */
  readonly dnsPort: number;
  readonly lookup: AddressLookup;
}

type Found<T> = Result<T, ProviderFailure>;

const attempts = 2;
const attemptTimeoutMs = 1500;
/** Servers of the parent that are tried until one answers. */
const maxParentServers = 3;
const maxNameServers = 20;

/**
 * Asks the resolver for the zone's NS, and a server of the parent zone for the NS and the DS that it publishes: the parent's word
 * is what resolvers go by when they have nothing cached. Ends within about twenty seconds, most often within a tenth of one.
 */
export async function findDelegation(ways: Ways, zone: RecordName, signal: AbortSignal): Promise<Delegation> {
  const resolver = ways.resolver ?? systemResolver();
  const [told, servers] = await Promise.all([
    nameServersOf(resolver, zone, true, signal),
    parentServers(ways, resolver, zone, signal),
  ]);
  if (!servers.ok) return { resolver: told, parent: servers, isSigned: servers };
  let last: Delegation | undefined;
  for (const server of servers.value.slice(0, maxParentServers)) {
    const [parent, isSigned] = await Promise.all([
      nameServersOf(server, zone, false, signal),
      hasDs(server, zone, signal),
    ]);
    last = { resolver: told, parent, isSigned };
    if (parent.ok && isSigned.ok) return last;
  }
  return last ?? { resolver: told, parent: noParent(zone), isSigned: noParent(zone) };
}

function noParent(zone: RecordName): Found<never> {
  return failed('not-found', zone, 'the servers of the parent zone were not found');
}

/** The addresses of the servers of the nearest enclosing zone, found by asking upwards until a name has NS records. */
async function parentServers(
  { lookup, dnsPort }: Ways,
  resolver: DnsServer,
  zone: RecordName,
  signal: AbortSignal,
): Promise<Found<readonly DnsServer[]>> {
  for (const parent of ancestorsOf(zone)) {
    const names = await nameServersOf(resolver, parent, true, signal);
    if (!names.ok && names.error.reason !== 'not-found') return names;
    if (!names.ok) continue;
    const found = await Promise.all(
      names.value.slice(0, maxParentServers).map((name) => lookup(name, signal)),
    );
    const servers = found.flatMap((each) => (each.ok ? each.value.slice(0, 1) : []));
    if (servers.length > 0) return ok(servers.map((address) => ({ address, port: dnsPort })));
    return failed('unavailable', zone, `no server of ${displayName(parent)} has an address`);
  }
  return noParent(zone);
}

/** Every name above this one, nearest first, without the root. */
function ancestorsOf(name: RecordName): RecordName[] {
  const labels = name.slice(0, -1).split('.');
  return labels.slice(1).map((_, index) => `${labels.slice(index + 1).join('.')}.` as RecordName);
}

/** NS records in the answer, or in the referral that an authoritative server of the parent gives instead (RFC 1034, section 4.3.2). */
async function nameServersOf(
  server: DnsServer,
  zone: RecordName,
  recursive: boolean,
  signal: AbortSignal,
): Promise<Found<readonly string[]>> {
  const reply = await ask(server, { name: zone, type: 'NS', recursive }, zone, signal);
  if (!reply.ok) return reply;
  const sections = [...(reply.value.answers ?? []), ...(reply.value.authorities ?? [])];
  const names = sections.flatMap((record) =>
    record.type === 'NS' && sameName(record.name, zone) ? [plainName(record.data)] : [],
  );
  if (names.length === 0) return failed('not-found', zone, 'it has no NS records');
  return ok([...new Set(names)].sort().slice(0, maxNameServers));
}

async function hasDs(server: DnsServer, zone: RecordName, signal: AbortSignal): Promise<Found<boolean>> {
  const reply = await ask(server, { name: zone, type: 'DS', recursive: false }, zone, signal);
  if (!reply.ok) return reply;
  return ok((reply.value.answers ?? []).some(({ type, name }) => type === 'DS' && sameName(name, zone)));
}

async function ask(
  server: DnsServer,
  question: Question,
  zone: RecordName,
  signal: AbortSignal,
): Promise<Found<DecodedPacket>> {
  const channel = await openUdpChannel(server);
  if (channel === undefined) return failed('unavailable', zone, 'the server cannot be reached');
  try {
    let unanswered: Unanswered = 'timeout';
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
      const reply = await channel.ask(question, attemptTimeoutMs, signal);
      if (reply.ok) return readable(reply.value, zone);
      unanswered = reply.error;
    }
    return failed(unanswered === 'unreachable' ? 'unavailable' : 'timeout', zone, troubles[unanswered]);
  } finally {
    channel.close();
  }
}

function readable(packet: DecodedPacket, zone: RecordName): Found<DecodedPacket> {
  const rcode = rcodeOf(packet);
  if (rcode === rcodes.noError) return ok(packet);
  if (rcode === rcodes.nxDomain) return failed('not-found', zone, 'the name does not exist');
  return failed('unavailable', zone, `the server failed (response code ${rcode})`);
}

const troubles: Readonly<Record<Unanswered, string>> = {
  timeout: 'the server did not answer in time',
  unreachable: 'the server cannot be reached',
  stopped: 'the question was given up because this program was told to stop',
};

/** Node gives IPv6 addresses with a port in brackets, and IPv4 ones with a port after a colon. */
function systemResolver(): DnsServer {
  const [first = '127.0.0.1'] = getServers();
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(first) ?? /^([\d.]+):(\d+)$/.exec(first);
  const [, address, port] = bracketed ?? [];
  return address === undefined ? { address: first, port: 53 } : { address, port: Number(port) };
}

function plainName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

function failed(reason: ProviderFailureReason, zone: RecordName, what: string): Found<never> {
  const message = `who answers for ${displayName(zone)} was not found: ${what}`;
  return err({ reason, provider: 'dns', operation: 'delegation', message, details: [] });
}
