import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import { useCanaryCredentials, useNoCredentials } from './aws-environment.js';
import { CannedServer, errorAnswer } from './canned-server.js';

const never = new AbortController().signal;
const directory = mkdtempSync(join(tmpdir(), 'shift-credentials-'));
const file = join(directory, 'credentials');
const insync = {
  status: 200,
  body: '<GetChangeResponse><ChangeInfo><Id>/change/C1</Id><Status>INSYNC</Status></ChangeInfo></GetChangeResponse>',
};
let server: CannedServer;

beforeAll(async () => {
  server = await CannedServer.start();
});
beforeEach(() => {
  useCanaryCredentials();
  useNoCredentials();
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

function writeKey(accessKeyId: string): void {
  writeFileSync(
    file,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = x\naws_session_token = y\n`,
  );
}

test('fault 17: a session token that is replaced in the credentials file is used by the call after the refusal', async () => {
  writeKey('ASIAOLD0000000000000');
  const api = await createRoute53({ endpoint: server.endpoint, timeoutMs: 2000 });
  server.react(({ headers }) =>
    headers.authorization?.includes('ASIANEW') === true
      ? insync
      : errorAnswer(403, 'ExpiredToken', 'The security token included in the request is expired'),
  );
  const refused = await api.changeStatus('C1', never);
  expect(refused).toMatchObject({ ok: false, error: { reason: 'denied', expired: true } });
  expect(await api.changeStatus('C1', never)).toMatchObject({ ok: false });
  writeKey('ASIANEW0000000000000');
  expect(await api.changeStatus('C1', never)).toEqual({ ok: true, value: 'INSYNC' });
});

test('a request that is too old says nothing about the credentials', async () => {
  writeKey('ASIAOLD0000000000000');
  const api = await createRoute53({ endpoint: server.endpoint, timeoutMs: 2000 });
  server.react(errorAnswer(403, 'RequestExpired', 'Request has expired.'));
  const refused = await api.changeStatus('C1', never);
  expect(refused).toMatchObject({ ok: false, error: { reason: 'denied' } });
  expect(refused).not.toMatchObject({ error: { expired: true } });
});

test('when the credentials end is read from the environment, and nobody knows it of a plain session token', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'ASIAENV0000000000000', AWS_SECRET_ACCESS_KEY: 'x' });
  const endless = await createRoute53({ endpoint: server.endpoint });
  expect(await endless.inspection.credentialsEnd('as-held', never)).toEqual({ ok: true, value: null });
  const end = '2030-01-02T03:04:05.000Z';
  process.env['AWS_CREDENTIAL_EXPIRATION'] = end;
  const ending = await createRoute53({ endpoint: server.endpoint });
  expect(await ending.inspection.credentialsEnd('as-held', never)).toEqual({
    ok: true,
    value: Date.parse(end),
  });
  process.env['AWS_CREDENTIAL_EXPIRATION'] = '2031-01-02T03:04:05.000Z';
  expect(await ending.inspection.credentialsEnd('as-held', never)).toMatchObject({ value: Date.parse(end) });
  expect(await ending.inspection.credentialsEnd('anew', never)).toMatchObject({
    value: Date.parse('2031-01-02T03:04:05.000Z'),
  });
});
