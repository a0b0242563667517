import type { ProviderFailure } from '../../core/failure.js';
import type { NameServerReading } from '../../core/name-server.js';
import type { RecordName } from '../../core/record-name.js';
import type { Result } from '../../core/result.js';
import type { Delegation, Delegations } from '../../engine/inspection-ports.js';
import type { Dns } from '../../engine/ports.js';
import { lookupThrough, lookupThroughSystem, type AddressLookup } from './address-lookup.js';
import { findDelegation } from './delegation.js';
import { sampleServer, unreachableReading, type SampleRequest } from './name-server-sample.js';
import { underOwnSignal } from './own-signal.js';
import type { DnsServer } from './question.js';

export interface DnsOptions {
  /** The resolver that finds addresses; null for the system's. */
  readonly resolver: DnsServer | null;
  /** The port of every authoritative name server: 53, except in a lab. */
  readonly dnsPort: number;
}

/**
 * The DNS by real packets, never through a cache of ours. Opens sockets only while it asks. A sample of dead servers ends
 * within nine seconds, a lookup within five.
 */
export function createDns(options: DnsOptions): Dns & Delegations {
  return new WireDns(options);
}

class WireDns implements Dns, Delegations {
  readonly #lookup: AddressLookup;
  readonly #resolver: DnsServer | null;
  readonly #dnsPort: number;

  constructor({ resolver, dnsPort }: DnsOptions) {
    this.#lookup = resolver === null ? lookupThroughSystem : lookupThrough(resolver);
    this.#resolver = resolver;
    this.#dnsPort = dnsPort;
  }

  async sample(
    question: { nameServers: readonly string[]; host: RecordName; count: number },
    signal: AbortSignal,
  ): Promise<readonly NameServerReading[]> {
    return await underOwnSignal(signal, async (own) =>
      Promise.all(question.nameServers.map((server) => this.#read({ ...question, server }, own))),
    );
  }

  async addresses(name: string, signal: AbortSignal): Promise<Result<readonly string[], ProviderFailure>> {
    return await underOwnSignal(signal, (own) => this.#lookup(name, own));
  }

  async delegation(zone: RecordName, signal: AbortSignal): Promise<Delegation> {
    const ways = { resolver: this.#resolver, dnsPort: this.#dnsPort, lookup: this.#lookup };
    return await underOwnSignal(signal, (own) => findDelegation(ways, zone, own));
  }

  async #read({ server, host, count }: SampleRequest, signal: AbortSignal): Promise<NameServerReading> {
    const found = await this.#lookup(server, signal);
    const address = found.ok ? found.value[0] : undefined;
    if (address === undefined) return unreachableReading({ server, host, count });
    return await sampleServer({ server, host, count }, { address, port: this.#dnsPort }, signal);
  }
}
