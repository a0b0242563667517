import { isIP } from 'node:net';
import type { DecodedPacket } from 'dns-packet';
import { recordName, type RecordName } from '../../core/record-name.js';
import type { ResolverAnswer } from '../../core/resolver-report.js';
import type { ResolverAnswers } from '../../engine/inspection-ports.js';
import { underOwnSignal } from './own-signal.js';
import { rcodeOf, rcodes, sameName, type DnsServer } from './question.js';
import { openUdpChannel } from './udp-channel.js';

const attempts = 2;
const attemptTimeoutMs = 1_500;
/** More are not told of one answer. */
const maxAddresses = 8;

/** Asks resolvers for a host as anybody's computer would, each by itself, within three seconds. */
export function createResolverAnswers(resolvers: readonly DnsServer[]): ResolverAnswers {
  return {
    answers: (host, signal) =>
      underOwnSignal(signal, (own) =>
        Promise.all(resolvers.map((resolver) => answerOf(resolver, host, own))),
      ),
  };
}

async function answerOf(server: DnsServer, host: RecordName, signal: AbortSignal): Promise<ResolverAnswer> {
  const resolver = server.port === 53 ? server.address : `${server.address} port ${server.port}`;
  const silent = (because: string): ResolverAnswer => ({ resolver, status: 'silent', because });
  const channel = await openUdpChannel(server);
  if (channel === undefined) return silent('it cannot be reached');
  try {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await channel.ask({ name: host, type: 'A', recursive: true }, attemptTimeoutMs, signal);
      if (reply.ok) return read(resolver, host, reply.value);
      if (attempt === attempts || signal.aborted)
        return silent(reply.error === 'unreachable' ? 'it cannot be reached' : 'nothing came in time');
    }
  } finally {
    channel.close();
  }
}

function read(resolver: string, host: RecordName, packet: DecodedPacket): ResolverAnswer {
  const rcode = rcodeOf(packet);
  if (rcode !== rcodes.noError && rcode !== rcodes.nxDomain)
    return { resolver, status: 'silent', because: `it failed (response code ${rcode})` };
  let cname: string | null = null;
  let ttlSeconds: number | null = null;
  const addresses: string[] = [];
  for (const record of packet.answers ?? []) {
    if (record.type === 'CNAME' && sameName(record.name, host)) {
      const target = recordName(record.data);
      cname = target.ok ? target.value : 'a name that cannot be read';
      ttlSeconds = record.ttl ?? null;
    }
    if (record.type !== 'A' || isIP(record.data) === 0) continue;
    addresses.push(record.data);
    if (sameName(record.name, host)) ttlSeconds ??= record.ttl ?? null;
  }
  return { resolver, status: 'answered', cname, addresses: addresses.slice(0, maxAddresses), ttlSeconds };
}
