import type { ZoneSource } from '../zone/record.js';
import { answerQuestion } from './answer.js';
import type { HealthView } from './draw.js';
import { openDnsSockets } from './dns-sockets.js';
import type { Random } from '../random.js';
import { respond, type Responder } from './message.js';

export interface NameServerOptions {
  readonly zones: ZoneSource;
  /** Which name server of the zones this is: pending changes reach each at its own time. */
  readonly serverIndex: number;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Decides the weighted draws. */
  readonly random: Random;
  /** Health checks that records may carry; all are healthy when it is left out. */
  readonly isHealthy?: HealthView;
}

/** A DNS server on loopback, on UDP and TCP under one port. */
export interface NameServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Packets received so far, malformed ones included. */
  readonly queries: number;
  close(): Promise<void>;
}

/**
 * Starts an authoritative name server for the lab's hosted zones.
 * @throws the system's error when the address cannot be bound.
 */
export async function startNameServer(options: NameServerOptions): Promise<NameServer> {
  const { zones, serverIndex, random, isHealthy } = options;
  return await serveDns(options.host, options.port, {
    recursive: false,
    answer: (question) =>
      answerQuestion((name) => zones.zoneFor(serverIndex, name), question, random, isHealthy),
  });
}

/** Starts a DNS server that answers with the responder; close it twice if you like. */
export async function serveDns(host: string, port: number, responder: Responder): Promise<NameServer> {
  let queries = 0;
  const sockets = await openDnsSockets(host, port, (query, transport) => {
    queries += 1;
    return respond(query, transport, responder);
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= sockets.close());
  return {
    host,
    port: sockets.port,
    get queries() {
      return queries;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
