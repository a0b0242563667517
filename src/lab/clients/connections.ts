import { createSecureContext } from 'node:tls';
import { buildConnector, Pool } from 'undici';

export interface ConnectionOptions {
  /** The name that is asked for by SNI and must stand in the certificate. */
  readonly host: string;
  readonly port: number;
  /** The certificate authority that is trusted, as PEM. */
  readonly ca: string;
  readonly connectTimeoutMs: number;
}

/** Connections one client may open to its address: as many as it may have requests under way. */
export const connectionsPerClient = 4;

/** How long a connection without a request is kept, unless the server says less. */
const idleMs = 60_000;

/** Opens a client's connections to an address. */
export type OpenConnections = (address: string) => Pool;

/**
 * Opens keep-alive connections straight to an address, whatever its name resolves to.
 *
 * All clients share one TLS context and, per address, one cache of TLS sessions: a client that comes to an address is
 * spared the full handshake, which at two hundred clients that change sides every two seconds is most of the work.
 */
export function connectionOpener({ host, port, ca, connectTimeoutMs }: ConnectionOptions): OpenConnections {
  const secureContext = createSecureContext({ ca });
  const connectors = new Map<string, buildConnector.connector>();
  return (address) => {
    const connect =
      connectors.get(address) ??
      buildConnector({ servername: host, secureContext, timeout: connectTimeoutMs });
    connectors.set(address, connect);
    return new Pool(`https://${address}:${port}`, {
      connect,
      connections: connectionsPerClient,
      pipelining: 1,
      keepAliveTimeout: idleMs,
    });
  };
}
