import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { acceptedCertificate, refusedCertificate } from './certificate.js';
import type { Progress } from './progress.js';

/**
 * A new TLS connection to one address, its certificate verified against `serverName`. Rejects with the error of `node:net` or
 * `node:tls`; ends with the signal.
 */
export function openConnection(
  target: { address: string; port: number; serverName: string; roots: SecureContext },
  progress: Progress,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { address, port, serverName, roots } = target;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      servername: serverName,
      secureContext: roots,
      ALPNProtocols: ['http/1.1'],
    });
    signal.addEventListener('abort', () => socket.destroy());
    if (signal.aborted) socket.destroy();
    socket.once('connect', () => (progress.step = 'handshake'));
    socket.once('secureConnect', () => {
      progress.certificate = acceptedCertificate(socket, serverName);
      resolve(socket);
    });
    socket.on('error', (error: Error) => {
      progress.certificate ??= refusedCertificate(error, serverName);
      reject(error);
    });
    socket.once('close', () => reject(connectionClosed()));
  });
}

/** For a connection that ended without an error of its own. */
export function connectionClosed(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
}
