import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { instant, type Instant } from '../../core/time.js';
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
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: target.address,
      port: target.port,
      servername: target.serverName,
      secureContext: target.roots,
      ALPNProtocols: ['http/1.1'],
    });
    signal.addEventListener('abort', () => socket.destroy());
    if (signal.aborted) socket.destroy();
    socket.once('connect', () => (progress.step = 'handshake'));
    socket.once('secureConnect', () => {
      progress.certificateEndsAt = endOf(socket.getPeerX509Certificate()?.validTo);
      resolve(socket);
    });
    socket.on('error', (error: Error) => {
      progress.certificateEndsAt ??= endOf(refusedCertificate(error)?.valid_to);
      reject(error);
    });
    socket.once('close', () => reject(connectionClosed()));
  });
}

/** For a connection that ended without an error of its own. */
export function connectionClosed(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
}

/** The certificate that does not cover the name asked for, which Node.js attaches to its error (documentation of `node:tls`). */
export function refusedCertificate(
  error: unknown,
): { valid_to?: string; subjectaltname?: string } | undefined {
  if (!(error instanceof Error) || !('cert' in error)) return undefined;
  return typeof error.cert === 'object' && error.cert !== null ? error.cert : undefined;
}

function endOf(validTo: string | undefined): Instant | null {
  const epochMs = Date.parse(validTo ?? '');
  return Number.isNaN(epochMs) ? null : instant(epochMs);
}
