import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/**
 * Whom probes trust: the authorities Node.js ships with and those of `caFile`, nothing else. Said outright because a
 * process-wide NODE_EXTRA_CA_CERTS would otherwise be trusted without anyone having told this program.
 *
 * Throws when the file cannot be read or holds no certificate. The context is made at the first use: it takes tens of milliseconds.
 */
export function trustedRoots(caFile: string | null): () => SecureContext {
  const added = caFile === null ? [] : [certificatesIn(caFile)];
  let context: SecureContext | undefined;
  return () => (context ??= createSecureContext({ ca: [...rootCertificates, ...added] }));
}

/** OpenSSL would silently ignore a file that is not a certificate. */
function certificatesIn(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`SHIFT_CA_FILE: ${file} is not a readable file of PEM certificates (${reason})`, {
      cause: error,
    });
  }
}
