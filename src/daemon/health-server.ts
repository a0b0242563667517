import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DaemonHealth } from './daemon-health.js';

/** Who asks is one prober or a handful. */
const maxConnections = 32;
const requestMs = 5_000;

/** A listening socket that says how the daemon is. */
export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Answers `GET /healthz` with 200 or 503 and the health as JSON, and anything else with 404 or 405. Nothing can be changed through it.
 * Rejects when the address cannot be listened on.
 */
export async function serveHealth(
  at: { readonly address: string; readonly port: number },
  health: () => DaemonHealth,
): Promise<HealthServer> {
  const server = createServer(
    { requestTimeout: requestMs, headersTimeout: requestMs },
    (request, response) => {
      answer(request, response, health);
    },
  );
  server.maxConnections = maxConnections;
  server.listen({ host: at.address, port: at.port });
  await once(server, 'listening');
  // Whoever has not asked yet must not keep the process from its end.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, health: () => DaemonHealth): void {
  const path = (request.url ?? '').split('?')[0];
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  const now = path === '/healthz' && isReading ? health() : null;
  const status = now === null ? (path === '/healthz' ? 405 : 404) : now.healthy ? 200 : 503;
  const body = now === null ? '' : `${JSON.stringify(now)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? '' : body);
}
