// The library's dependency injection needs this polyfill to be loaded before it.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';

/** ECDSA on P-256: hundreds of handshakes a second on one core, where RSA would make the lab the bottleneck. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const dayMs = 24 * 60 * 60 * 1000;

/** Clocks of client and server may differ a little, even on one machine after a suspend. */
const clockSkewMs = 60 * 60 * 1000;

/** When a certificate is valid; the default is 90 days, as Let's Encrypt issues them. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A server certificate with its private key (PKCS #8), as `node:tls` takes them. */
export interface ServerCertificate {
  readonly names: readonly string[];
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate authority that lives as long as the lab: its key is never written to disk. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  /** Signs a certificate for the given DNS names (wildcards allowed); the first one is the common name. */
  issue(names: readonly [string, ...string[]], validity?: Validity): Promise<ServerCertificate>;
}

/** Makes a new authority. Takes a few milliseconds; nothing outside the process trusts it until told to. */
export async function createCertificateAuthority(now: Date = new Date()): Promise<CertificateAuthority> {
  const name = 'CN=shift lab authority';
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name,
    notBefore: new Date(now.getTime() - clockSkewMs),
    notAfter: new Date(now.getTime() + 365 * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: pem(certificate),
    issue: (names, validity = ninetyDays(now)) =>
      issueServerCertificate({ issuerName: name, issuerKeys: keys, names, validity }),
  };
}

async function issueServerCertificate(request: {
  issuerName: string;
  issuerKeys: webcrypto.CryptoKeyPair;
  names: readonly [string, ...string[]];
  validity: Validity;
}): Promise<ServerCertificate> {
  const { names, validity } = request;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${names[0]}`,
    issuer: request.issuerName,
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: request.issuerKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      await AuthorityKeyIdentifierExtension.create(request.issuerKeys.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    names,
    certificatePem: pem(certificate),
    privateKeyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function ninetyDays(now: Date): Validity {
  return {
    notBefore: new Date(now.getTime() - clockSkewMs),
    notAfter: new Date(now.getTime() + 90 * dayMs),
  };
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 octets; the leading 01 keeps the sign bit clear. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
