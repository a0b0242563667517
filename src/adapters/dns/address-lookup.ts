import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { DecodedPacket } from 'dns-packet';
import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { displayName, recordName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { rcodeOf, rcodes, type DnsServer, type Unanswered } from './question.js';
import { openUdpChannel, type UdpChannel } from './udp-channel.js';

/** The addresses of a name, IPv4 first; never an empty list. */
export type AddressLookup = (
  name: string,
  signal: AbortSignal,
) => Promise<Result<readonly string[], ProviderFailure>>;

const attempts = 2;
const attemptTimeoutMs = 1500;
const systemTimeoutMs = 5000;

/** Looks names up through one resolver, for instance the lab's. Two attempts of 1.5 s for each address family. */
export function lookupThrough(resolver: DnsServer): AddressLookup {
  return async (name, signal) => {
    if (isIP(name) !== 0) return ok([name]);
    if (!recordName(name).ok) return failed('invalid', name, 'it is not a DNS name');
    const channel = await openUdpChannel(resolver);
    if (channel === undefined) return failed('unavailable', name, 'the resolver cannot be reached');
    try {
      const [ipv4, ipv6] = await Promise.all([
        addressesOf(channel, name, 'A', signal),
        addressesOf(channel, name, 'AAAA', signal),
      ]);
      const found = [...ipv4.addresses, ...ipv6.addresses];
      if (found.length > 0) return ok(found);
      const trouble = ipv4.trouble ?? ipv6.trouble;
      return trouble === undefined
        ? failed('not-found', name, 'the name does not exist or has no address')
        : failed(trouble.reason, name, trouble.what);
    } finally {
      channel.close();
    }
  };
}

/** Looks names up the way every other program on this machine does, hosts file included. */
export const lookupThroughSystem: AddressLookup = async (name, signal) => {
  if (isIP(name) !== 0) return ok([name]);
  if (!recordName(name).ok) return failed('invalid', name, 'it is not a DNS name');
  const ending = endingOf(signal);
  try {
    const found = await Promise.race([lookup(displayName(name), { all: true }), ending.reached]);
    const ipv4 = found.filter((entry) => entry.family === 4);
    const ipv6 = found.filter((entry) => entry.family === 6);
    if (found.length > 0) return ok([...ipv4, ...ipv6].map((entry) => entry.address));
    return failed('not-found', name, 'it has no address');
  } catch (error) {
    if (error instanceof Ended) return failed('timeout', name, error.message);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOTFOUND' || code === 'ENODATA') {
      return failed('not-found', name, 'the name does not exist or has no address');
    }
    return failed('unavailable', name, `the system's resolver failed (${code})`);
  } finally {
    ending.release();
  }
};

interface FamilyAnswer {
  readonly addresses: readonly string[];
  /** Undefined when the resolver said whether there are addresses of this family. */
  readonly trouble: { readonly reason: ProviderFailureReason; readonly what: string } | undefined;
}

async function addressesOf(
  channel: UdpChannel,
  name: string,
  type: 'A' | 'AAAA',
  signal: AbortSignal,
): Promise<FamilyAnswer> {
  let answer: FamilyAnswer | undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const reply = await channel.ask({ name, type, recursive: true }, attemptTimeoutMs, signal);
    answer = reply.ok ? readAnswer(reply.value, type) : { addresses: [], trouble: troubles[reply.error] };
    if (answer.trouble === undefined || signal.aborted) return answer;
  }
  return answer ?? { addresses: [], trouble: troubles.timeout };
}

const troubles: Readonly<Record<Unanswered, NonNullable<FamilyAnswer['trouble']>>> = {
  timeout: { reason: 'timeout', what: 'the resolver did not answer in time' },
  unreachable: { reason: 'unavailable', what: 'the resolver cannot be reached' },
  stopped: { reason: 'timeout', what: 'the question was given up because this program was told to stop' },
};

/** A resolver's answer holds the CNAMEs on the way and the records at their end; the owner's name is not compared. */
function readAnswer(packet: DecodedPacket, type: 'A' | 'AAAA'): FamilyAnswer {
  const rcode = rcodeOf(packet);
  if (rcode !== rcodes.noError && rcode !== rcodes.nxDomain) {
    return {
      addresses: [],
      trouble: { reason: 'unavailable', what: `the resolver failed (response code ${rcode})` },
    };
  }
  const addresses = (packet.answers ?? []).flatMap((record) => (record.type === type ? [record.data] : []));
  return { addresses, trouble: undefined };
}

function failed(reason: ProviderFailureReason, name: string, what: string): Result<never, ProviderFailure> {
  const shown = recordName(name);
  return err({
    reason,
    provider: 'dns',
    operation: 'address lookup',
    message: `the address of ${shown.ok ? displayName(shown.value) : JSON.stringify(name)} was not found: ${what}`,
    details: [],
  });
}

class Ended extends Error {}

/** The system's lookup can neither be stopped nor given a time, so it is left behind. */
function endingOf(signal: AbortSignal): { readonly reached: Promise<never>; release(): void } {
  let release = (): void => undefined;
  const reached = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Ended(troubles.stopped.what));
    const timer = setTimeout(() => reject(new Ended(troubles.timeout.what)), systemTimeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    release = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
  });
  return { reached, release };
}
