import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { Client, type buildConnector } from 'undici';
import type { Answer } from './answer.js';
import { connectionClosed } from './connection.js';
import type { Progress } from './progress.js';

/** What is read of a body; assertions about health are about its beginning. */
const maxBodyBytes = 64 * 1024;

/** Sends one GET over the connection, reads its answer and closes the connection. Redirects are not followed. */
export async function exchange(
  socket: TLSSocket,
  request: { host: string; port: number; path: string },
  progress: Progress,
  signal: AbortSignal,
): Promise<Answer> {
  progress.step = 'answer';
  const client = new Client(`https://${request.host}:${request.port}`, {
    connect: (_, callback) => handOver(socket, callback),
    // The caller's one deadline is around everything; further timers would only make its message less true.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await client.request({ method: 'GET', path: request.path, headers: headers(), signal });
    progress.status = response.statusCode;
    progress.step = 'body';
    const { location } = response.headers;
    return {
      status: response.statusCode,
      location: typeof location === 'string' ? location : null,
      ...(await readBody(response.body, progress)),
    };
  } finally {
    await client.destroy();
  }
}

/**
 * Gives the open connection to the client; later, because a client that gets it at once never sends. It asks a second time only
 * when the server closed the connection before the request was written, and must not get a new one.
 */
function handOver(socket: TLSSocket, callback: buildConnector.Callback): void {
  queueMicrotask(() => {
    if (socket.destroyed) callback(connectionClosed(), null);
    else callback(null, socket);
  });
}

/** The request id is passed on by the Heroku router, so that a probe can be found in the application's log. */
function headers(): Record<string, string> {
  return {
    'user-agent': 'shift-probe',
    accept: '*/*',
    'accept-encoding': 'identity',
    'cache-control': 'no-cache',
    'x-request-id': `shift-${randomBytes(12).toString('hex')}`,
  };
}

async function readBody(
  body: AsyncIterable<Uint8Array>,
  progress: Progress,
): Promise<{ body: string; cut: boolean }> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
    progress.bodyBytes += chunk.length;
    if (progress.bodyBytes > maxBodyBytes) break;
  }
  const cut = progress.bodyBytes > maxBodyBytes;
  return { body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8'), cut };
}
