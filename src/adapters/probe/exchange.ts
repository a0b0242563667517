import { randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { Client, type buildConnector } from 'undici';
import type { ProbeExpectation } from '../../core/policy/policy.js';
import { contentEncoding, type Answer } from './answer.js';
import { readBody } from './body.js';
import { connectionClosed } from './connection.js';
import type { Progress } from './progress.js';

/** Sends one GET over the connection, reads its answer and closes the connection. Redirects are not followed. */
export async function exchange(
  socket: TLSSocket,
  request: { host: string; port: number; path: string; compression: ProbeExpectation['compression'] },
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
    const { path, compression } = request;
    const response = await client.request({ method: 'GET', path, headers: headers(compression), signal });
    progress.status = response.statusCode;
    progress.step = 'body';
    const headersByName = byName(response.headers);
    const encoding = contentEncoding(headersByName);
    return {
      status: response.statusCode,
      headers: headersByName,
      ...(await readBody(response.body, encoding, progress)),
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
function headers(compression: ProbeExpectation['compression']): Record<string, string> {
  return {
    'user-agent': 'shift-probe',
    accept: '*/*',
    'accept-encoding': compression === undefined || compression === 'none' ? 'identity' : compression,
    'cache-control': 'no-cache',
    'x-request-id': `shift-${randomBytes(12).toString('hex')}`,
  };
}

function byName(headers: Readonly<Record<string, string | string[] | undefined>>): Answer['headers'] {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(', ')] as const],
    ),
  );
}
