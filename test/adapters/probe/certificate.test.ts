import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issueChain } from './certificates.js';
import { folder, httpsSide, only, probeEach, type Answer } from './side.js';

const dayMs = 24 * 3_600_000;
const fine: Answer = (_, response) => response.end();

const chain = await issueChain(['www.example.com', '*.example.net'], "CN=R11,O=Let's Encrypt,C=US");
const rootFile = join(folder, 'root.pem');
writeFileSync(rootFile, chain.rootPem);

function daysLeft(endsAt: number | undefined): number {
  return Math.floor(((endsAt ?? 0) - Date.now()) / dayMs);
}

test('a probe tells the name that covers the host, the issuing organisation and the end', async () => {
  await using side = await httpsSide(fine, { ...chain, certificatePem: chain.chainPem });
  const { outcome, certificate } = only(await probeEach(side.port, { caFile: rootFile }));
  expect(outcome).toMatchObject({ result: 'ok', certificateEndsAt: certificate?.endsAt });
  expect(certificate).toMatchObject({ name: 'www.example.com', issuer: "Let's Encrypt" });
  expect(daysLeft(certificate?.endsAt)).toBe(61);
});

test('a certificate ends with the intermediate that signed it', async () => {
  const days = { leaf: 61, intermediate: 20 };
  const short = await issueChain(['www.example.com'], "O=Let's Encrypt", days);
  const file = join(folder, 'short-root.pem');
  writeFileSync(file, short.rootPem);
  await using side = await httpsSide(fine, { ...short, certificatePem: short.chainPem });
  const { certificate } = only(await probeEach(side.port, { caFile: file }));
  expect(daysLeft(certificate?.endsAt)).toBe(20);
});

test('a missing intermediate is a failure that says so', async () => {
  await using side = await httpsSide(fine, { ...chain, certificatePem: chain.leafPem });
  const { outcome } = only(await probeEach(side.port, { caFile: rootFile }));
  expect(outcome.result).toBe('failed');
  expect(outcome.because).toContain(
    'for www.example.com leads to no trusted authority: the intermediate certificate is not sent',
  );
});

test('a wildcard is named as it stands, and a certificate of other names has none', async () => {
  const wild = await issueChain(['*.example.com'], 'CN=An issuer without organisation');
  const file = join(folder, 'wild-root.pem');
  writeFileSync(file, wild.rootPem);
  await using side = await httpsSide(fine, { ...wild, certificatePem: wild.chainPem });
  const covered = only(await probeEach(side.port, { caFile: file }));
  expect(covered.certificate).toMatchObject({
    name: '*.example.com',
    issuer: 'An issuer without organisation',
  });

  await using other = await httpsSide(fine, { ...chain, certificatePem: chain.chainPem });
  const request = { host: 'www.example.org.' } as never;
  const refused = only(await probeEach(other.port, { caFile: rootFile, request }));
  expect(refused.outcome.because).toContain('only www.example.com, *.example.net');
  expect(refused.certificate).toMatchObject({ name: null, issuer: "Let's Encrypt" });
  expect(daysLeft(refused.certificate?.endsAt)).toBe(61);
});

test("an issuer's name cannot command the terminal", async () => {
  const hostile = await issueChain(['www.example.com'], [{ O: ['Evil\u001b[2J\u202e, Inc'] }]);
  const file = join(folder, 'hostile-root.pem');
  writeFileSync(file, hostile.rootPem);
  await using side = await httpsSide(fine, { ...hostile, certificatePem: hostile.chainPem });
  const { certificate } = only(await probeEach(side.port, { caFile: file }));
  expect(certificate?.issuer).toMatch(/^Evil.*, Inc$/);
  expect(certificate?.issuer).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
