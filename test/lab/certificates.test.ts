import { X509Certificate, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCertificateAuthority } from '../../src/lab/certificates.js';

test('a certificate names its hosts, is signed by the authority and lasts as long as asked', async () => {
  const authority = await createCertificateAuthority();
  const validity = {
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2026-02-01T00:00:00Z'),
  };
  const issued = await authority.issue(['www.example.com', '*.example.org'], validity);

  const ca = new X509Certificate(authority.certificatePem);
  const leaf = new X509Certificate(issued.certificatePem);
  expect(ca.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkHost('www.example.com')).toBe('www.example.com');
  expect(leaf.checkHost('a.example.org')).toBe('*.example.org');
  expect(leaf.checkHost('example.com')).toBeUndefined();
  expect(new Date(leaf.validFrom)).toEqual(validity.notBefore);
  expect(new Date(leaf.validTo)).toEqual(validity.notAfter);
  expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(createPublicKey(issued.privateKeyPem).equals(leaf.publicKey)).toBe(true);
});

test('the certificate of another authority does not verify', async () => {
  const [ours, other] = await Promise.all([createCertificateAuthority(), createCertificateAuthority()]);
  const leaf = new X509Certificate((await ours.issue(['www.example.com'])).certificatePem);
  expect(leaf.verify(new X509Certificate(other.certificatePem).publicKey)).toBe(false);
});

test('by default a certificate is valid now and for ninety days', async () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const issued = await (await createCertificateAuthority(now)).issue(['www.example.com']);
  expect(issued.notBefore.getTime()).toBeLessThan(now.getTime());
  expect(issued.notAfter.toISOString()).toBe('2026-05-30T12:00:00.000Z');
});
