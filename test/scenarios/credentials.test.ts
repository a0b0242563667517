import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBuilt, mainPath } from './build.js';

/**
 * Every way to credentials that the AWS SDK knows is in a part of the bundle of its own, which nothing but that way loads. Each must end in
 * a request to Route 53 that is signed with what it found.
 */

const root = dirname(dirname(mainPath));
const run = promisify(execFile);
const expiration = new Date(Date.now() + 3_600_000).toISOString();

interface Way {
  readonly name: string;
  /** The key that the request has to be signed with. */
  readonly keyId: string;
  readonly config?: string;
  readonly env?: (url: string) => Record<string, string>;
}

const ways: readonly Way[] = [
  {
    name: 'variables',
    keyId: 'AKIAVARIABLES',
    env: () => ({ AWS_ACCESS_KEY_ID: 'AKIAVARIABLES', AWS_SECRET_ACCESS_KEY: 'none' }),
  },
  {
    name: 'a profile',
    keyId: 'AKIAPROFILE',
    config: '[profile here]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = none',
  },
  {
    name: 'a program that a profile names',
    keyId: 'AKIAPROCESS',
    config: `[profile here]\ncredential_process = echo '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"none"}'`,
  },
  {
    name: 'a role that a profile assumes',
    keyId: 'ASIAROLE',
    config:
      '[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = none\n' +
      '[profile here]\nrole_arn = arn:aws:iam::111122223333:role/shift\nsource_profile = base',
  },
  {
    name: 'a token file, as a Kubernetes service account has it',
    keyId: 'ASIAWEBIDENTITY',
    env: () => ({
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/shift',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(scratch, 'token'),
    }),
  },
  {
    name: 'a single sign-on session',
    keyId: 'ASIASSO',
    config:
      '[profile here]\nsso_session = work\nsso_account_id = 111122223333\nsso_role_name = shift\n' +
      '[sso-session work]\nsso_region = us-east-1\nsso_start_url = https://example.awsapps.com/start',
  },
  {
    name: 'the agent of a container',
    keyId: 'ASIACONTAINER',
    env: (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/container` }),
  },
  {
    name: 'the metadata of a machine',
    keyId: 'ASIAMACHINE',
    env: (url) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
  },
];

let scratch = '';
let server: Server;
let signedWith: (keyId: string) => void = () => undefined;

beforeAll(async () => {
  await ensureBuilt();
  scratch = await mkdtemp(join(tmpdir(), 'shift-credentials-'));
  await writeFile(join(scratch, 'token'), 'token');
  // Where the AWS CLI keeps the token of a session: the SHA-1 of its name.
  const cache = join(scratch, '.aws', 'sso', 'cache');
  await mkdir(cache, { recursive: true });
  await writeFile(
    join(cache, `${createHash('sha1').update('work').digest('hex')}.json`),
    JSON.stringify({ accessToken: 'token', expiresAt: expiration }),
  );
  server = createServer((request, response) => {
    let body = '';
    request
      .on('data', (chunk: Buffer) => (body += chunk.toString()))
      .on('end', () => {
        const answer = answerTo(request, body);
        if (answer === null) response.destroy();
        else response.end(answer);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  // What was told to end may still be writing.
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
});

test.each(ways)('$name: a rollback is signed with it', async ({ name, keyId, config = '', env }) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = join(scratch, name.replaceAll(/\W/g, '-'));
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, 'config'), config);
  await writeHalfWayMigration(folder);
  const stop = new AbortController();
  const found: string[] = [];
  signedWith = (keyId) => {
    found.push(keyId);
    stop.abort();
  };
  const variables = {
    PATH: process.env['PATH'],
    HOME: scratch,
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...(config === '' ? {} : { AWS_PROFILE: 'here' }),
    AWS_ENDPOINT_URL_ROUTE_53: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_SSO: url,
    ...env?.(url),
  };
  const args = [mainPath, '--state-dir', folder, '-q', 'rollback', '--no-wait', 'www.example.com'];
  const ended = run(process.execPath, args, { env: variables, signal: stop.signal, timeout: 20_000 });
  const { stderr = '' } = (await ended.catch((error: unknown) => error)) as { stderr?: string };
  expect(found, stderr).toEqual([keyId]);
});

/** What the services that give credentials away answer; null for Route 53, which has been asked then. */
function answerTo({ url = '', headers, method }: IncomingMessage, body: string): string | null {
  if (url.startsWith('/2013-04-01/')) {
    signedWith(/Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1] ?? 'nothing');
    return null;
  }
  if (url === '/container') return keysAsJson('ASIACONTAINER');
  if (url.startsWith('/federation/credentials')) {
    const [accessKeyId, secretAccessKey, sessionToken] = ['ASIASSO', 'none', 'none'];
    return JSON.stringify({
      roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: Date.parse(expiration) },
    });
  }
  if (method === 'PUT' && url === '/latest/api/token') return 'token';
  if (url === '/latest/meta-data/iam/security-credentials/') return 'shift';
  if (url === '/latest/meta-data/iam/security-credentials/shift') return keysAsJson('ASIAMACHINE');
  if (body.includes('Action=AssumeRoleWithWebIdentity'))
    return keysAsXml('AssumeRoleWithWebIdentity', 'ASIAWEBIDENTITY');
  if (body.includes('Action=AssumeRole')) return keysAsXml('AssumeRole', 'ASIAROLE');
  return 'unknown';
}

function keysAsJson(keyId: string): string {
  return JSON.stringify({
    Code: 'Success',
    AccessKeyId: keyId,
    SecretAccessKey: 'none',
    Token: 'none',
    Expiration: expiration,
  });
}

function keysAsXml(action: string, keyId: string): string {
  return (
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>` +
    `<AccessKeyId>${keyId}</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken>` +
    `<Expiration>${expiration}</Expiration></Credentials></${action}Result></${action}Response>`
  );
}

async function writeHalfWayMigration(directory: string): Promise<void> {
  const script = (await import(pathToFileURL(join(root, 'scripts', 'half-way-migration.mjs')).href)) as {
    writeHalfWayMigration: (directory: string) => Promise<unknown>;
  };
  await script.writeHalfWayMigration(directory);
}
