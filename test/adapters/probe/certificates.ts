// The library's dependency injection needs this polyfill to be loaded before it.
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509CertificateCreateParamsName,
} from '@peculiar/x509';
import { KeyObject, webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 3_600_000;

/** A chain as a public authority gives it out: a root, an intermediate of the organisation, and the server's certificate. */
export interface Chain {
  readonly rootPem: string;
  /** The server's certificate followed by the intermediate, as it should be sent. */
  readonly chainPem: string;
  readonly leafPem: string;
  readonly privateKeyPem: string;
}

/** Signed by an intermediate whose name is `issuer`, each certificate valid for so many days from now. */
export async function issueChain(
  names: readonly string[],
  issuer: X509CertificateCreateParamsName,
  days: { readonly leaf: number; readonly intermediate: number } = { leaf: 61, intermediate: 1000 },
): Promise<Chain> {
  const [rootKeys, intermediateKeys, keys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const valid = (forDays: number): { notBefore: Date; notAfter: Date } => ({
    notBefore: new Date(Date.now() - 100 * dayMs),
    notAfter: new Date(Date.now() + forDays * dayMs + 60_000),
  });
  const rootName = 'CN=A root for tests';
  const authority = new BasicConstraintsExtension(true, 1, true);
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: rootName,
    ...valid(2000),
    signingAlgorithm: algorithm,
    keys: rootKeys,
    extensions: [authority],
  });
  const intermediate = await X509CertificateGenerator.create({
    serialNumber: '02',
    subject: issuer,
    issuer: rootName,
    ...valid(days.intermediate),
    signingAlgorithm: algorithm,
    publicKey: intermediateKeys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const leaf = await X509CertificateGenerator.create({
    serialNumber: '03',
    subject: `CN=${names[0]}`,
    issuer,
    ...valid(days.leaf),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: intermediateKeys.privateKey,
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  return {
    rootPem: `${root.toString('pem')}\n`,
    chainPem: `${leaf.toString('pem')}\n${intermediate.toString('pem')}\n`,
    leafPem: `${leaf.toString('pem')}\n`,
    privateKeyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
