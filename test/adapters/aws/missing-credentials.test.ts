import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { missingCredentials } from '../../../src/adapters/aws/missing-credentials.js';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import type { RecordName } from '../../../src/core/record-name.js';

const profiles = `[profile dev]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
region = eu-west-1
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
`;

let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'shift-profile-'));
  await writeFile(join(home, 'config'), profiles);
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', home);
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

/** What a call says that never leaves this machine, because the SDK finds no credentials for it. */
async function said(profile: string): Promise<unknown> {
  vi.stubEnv('AWS_PROFILE', profile);
  const zones = await createRoute53({ endpoint: 'http://127.0.0.1:9' });
  const found = await zones.zonesFor('www.example.com.' as RecordName, new AbortController().signal);
  return found.ok ? null : found.error;
}

test('a profile that never signed in says what to type', async () => {
  expect(await said('dev')).toMatchObject({
    reason: 'denied',
    message: expect.stringContaining('type: aws sso login --profile dev') as string,
  });
});

test('a sign-in that has ended says what to type', async () => {
  const cache = join(home, '.aws/sso/cache');
  await mkdir(cache, { recursive: true });
  const name = createHash('sha1').update('corp').digest('hex');
  await writeFile(join(cache, `${name}.json`), '{"accessToken":"secret","expiresAt":"2020-01-01T00:00:00Z"}');
  expect(await said('dev')).toMatchObject({
    reason: 'denied',
    message: expect.stringMatching(/SSO.* has ended.*aws sso login --profile dev$/) as string,
  });
});

test('a profile that does not exist is named', async () => {
  expect(await said('nosuch')).toMatchObject({
    reason: 'denied',
    message: expect.stringContaining('(looked for profile nosuch)') as string,
  });
});

test('nothing of the SDK text but a profile name is repeated', () => {
  const text = missingCredentials(
    'The SSO session token sEcReT for profile=dev; rm -rf is invalid',
    undefined,
  );
  expect(text).toContain('--profile dev');
  expect(text).not.toMatch(/sEcReT|rm -rf/);
  expect(missingCredentials('boom', 'dev')).toMatch(
    /^no usable AWS credentials were found \(looked for profile dev\);/,
  );
});
