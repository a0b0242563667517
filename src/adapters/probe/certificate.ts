import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../../core/certificate.js';
import { safeText } from '../../core/safe-text.js';
import { instant, type Instant } from '../../core/time.js';

const maxName = 253;
const maxIssuer = 60;
/** Chains have three or four certificates; a side may send any number. */
const maxChain = 6;

/** The certificate that was accepted in the handshake; null when it cannot be read. */
export function acceptedCertificate(socket: TLSSocket, host: string): Certificate | null {
  const leaf = socket.getPeerX509Certificate();
  return leaf === undefined ? null : summary(leaf, leaf.issuerCertificate, host);
}

/** The certificate that does not cover the name asked for, which Node.js attaches to its error (documentation of `node:tls`). */
export function refusedCertificate(error: unknown, host: string): Certificate | null {
  const refused = attached(error);
  const leaf = parsed(refused?.raw);
  return leaf === null ? null : summary(leaf, parsed(refused?.issuerCertificate?.raw) ?? undefined, host);
}

/** The DNS names of that certificate, as they stand in it; undefined when it is another error or there are none. */
export function refusedNames(error: unknown): string | undefined {
  return attached(error)?.subjectaltname?.replaceAll('DNS:', '');
}

interface Attached {
  readonly raw?: Uint8Array;
  readonly subjectaltname?: string;
  readonly issuerCertificate?: { readonly raw?: Uint8Array };
}

function attached(error: unknown): Attached | undefined {
  if (!(error instanceof Error) || !('cert' in error)) return undefined;
  return typeof error.cert === 'object' && error.cert !== null ? error.cert : undefined;
}

function parsed(raw: Uint8Array | undefined): X509Certificate | null {
  try {
    return raw === undefined ? null : new X509Certificate(raw);
  } catch {
    return null;
  }
}

function summary(
  leaf: X509Certificate,
  issuer: X509Certificate | undefined,
  host: string,
): Certificate | null {
  const endsAt = firstEnd(leaf, issuer);
  const name = leaf.checkHost(host, { subject: 'never' });
  return endsAt === null
    ? null
    : {
        name: name === undefined ? null : safeText(name, maxName),
        issuer: safeText(issuerOf(leaf), maxIssuer),
        chain: signersOf(leaf, issuer),
        endsAt,
      };
}

/**
 * A certificate is good only as long as the one that signed it. Those above are not looked at: a server may send an old cross
 * signature that nobody needs (Let's Encrypt, "Extending Android Device Compatibility").
 */
function firstEnd(leaf: X509Certificate, issuer: X509Certificate | undefined): Instant | null {
  const endMs = Date.parse(leaf.validTo);
  const issuerEndMs = Date.parse(issuer?.validTo ?? '');
  if (Number.isNaN(endMs)) return null;
  return instant(Number.isNaN(issuerEndMs) ? endMs : Math.min(endMs, issuerEndMs));
}

/** Each certificate names its signer, so the root's name is known although servers do not send the root. */
function signersOf(leaf: X509Certificate, issuer: X509Certificate | undefined): readonly string[] {
  const names = [safeText(commonName(leaf), maxIssuer)];
  for (let above = issuer; above !== undefined && names.length < maxChain; above = above.issuerCertificate) {
    if (above.issuer === above.subject) break;
    names.push(safeText(commonName(above), maxIssuer));
  }
  return names;
}

function commonName(certificate: X509Certificate): string {
  return issuerAttributes(certificate).get('CN') ?? issuerOf(certificate);
}

/** Node.js gives the name as one attribute a line, with backslashes before some characters (documentation of `x509.issuer`). */
function issuerAttributes({ issuer }: X509Certificate): ReadonlyMap<string, string> {
  return new Map(
    issuer.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1).replaceAll(/\\(.)/g, '$1')] as const;
    }),
  );
}

function issuerOf(certificate: X509Certificate): string {
  const attributes = issuerAttributes(certificate);
  return attributes.get('O') ?? attributes.get('CN') ?? 'an issuer without a name';
}
