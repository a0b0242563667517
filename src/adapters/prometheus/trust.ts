import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { PrometheusServer } from '../../core/metric/metric-query.js';
import { err, ok, type Result } from '../../core/result.js';

/** Far more than any chain of certificates. */
const maxFileBytes = 1024 * 1024;

/** Whom a connection trusts and as whom it shows itself, as `node:tls` takes it. */
export interface Trust {
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the certificates anew at every call, because clients of a mesh get new ones every few hours. The authorities Node.js ships
 * with stay trusted. The error names the file and never says what stands in it.
 *
 * @param caFile authorities trusted for every server, or null
 */
export async function trust(server: PrometheusServer, caFile: string | null): Promise<Result<Trust, string>> {
  const ca = [...rootCertificates];
  for (const file of new Set([caFile, server.caFile])) {
    if (file === null) continue;
    const authorities = await readPem(file);
    if (!authorities.ok) return authorities;
    if (!isCertificate(authorities.value)) return err(`${file} holds no PEM certificate`);
    ca.push(authorities.value);
  }
  if (server.clientCertificate === null) return ok({ ca });
  const { certFile, keyFile } = server.clientCertificate;
  const cert = await readPem(certFile);
  if (!cert.ok) return cert;
  const key = await readPem(keyFile);
  if (!key.ok) return key;
  if (!isCertificate(cert.value)) return err(`${certFile} holds no PEM certificate`);
  try {
    createSecureContext({ cert: cert.value, key: key.value });
  } catch (error) {
    return err(`${keyFile} is not the unencrypted PEM key of ${certFile} (${codeOf(error)})`);
  }
  return ok({ ca, cert: cert.value, key: key.value });
}

async function readPem(path: string): Promise<Result<string, string>> {
  try {
    await using file = await open(path);
    const bytes = Buffer.alloc(maxFileBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, null);
    if (bytesRead > maxFileBytes) return err(`${path} is longer than ${maxFileBytes} bytes`);
    return ok(bytes.toString('utf8', 0, bytesRead));
  } catch (error) {
    return err(`${path} cannot be read (${codeOf(error)})`);
  }
}

/** OpenSSL would silently ignore a file of authorities that holds none. */
function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
