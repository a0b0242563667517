// The library's dependency injection needs this polyfill to be loaded before it.
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { KeyObject, webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const notBefore = new Date(Date.now() - 3_600_000);
const notAfter = new Date(Date.now() + 3_600_000);
let serial = 1;

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that signs for servers at 127.0.0.1 and for clients. */
export async function createAuthority(): Promise<{
  readonly pem: string;
  readonly issue: (purpose: 'server' | 'client') => Promise<Certificate>;
}> {
  const keys = await keyPair();
  const name = 'CN=test authority';
  const authority = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const issue = async (purpose: 'server' | 'client'): Promise<Certificate> => {
    const own = await keyPair();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: `0${(serial += 1)}`,
      subject: `CN=${purpose}`,
      issuer: name,
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new ExtendedKeyUsageExtension([
          purpose === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
        ]),
        new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ],
    });
    const key = KeyObject.from(own.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: certificate.toString('pem'), key };
  };
  return { pem: authority.toString('pem'), issue };
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
