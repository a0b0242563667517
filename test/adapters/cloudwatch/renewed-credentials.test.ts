import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCloudWatch } from '../../../src/adapters/cloudwatch/cloudwatch.js';
import { useNoCredentials } from '../route53/aws-environment.js';
import { answering, CloudWatchServer } from './cloudwatch-server.js';
import { clock, noonSeconds, query, window } from './samples.js';

const never = new AbortController().signal;

test('fault 17: a session token that is replaced in the credentials file is used by the reading after the refusal', async () => {
  await using server = await CloudWatchServer.start();
  const directory = mkdtempSync(join(tmpdir(), 'shift-credentials-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'credentials');
  const writeKey = (accessKeyId: string): void =>
    writeFileSync(
      file,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = x\naws_session_token = y\n`,
    );
  useNoCredentials();
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = file;
  writeKey('ASIAOLD0000000000000');
  const healthy = answering(() => ({ points: [[noonSeconds, 1]] }));
  server.react((call) =>
    call.headers.authorization?.includes('ASIANEW') === true
      ? healthy(call)
      : { error: 'ExpiredToken', message: 'expired', status: 403 },
  );
  const source = await createCloudWatch({ endpoint: server.endpoint, clock, timeoutMs: 5000 });
  const read = async (): Promise<string | undefined> =>
    (await source.read([query()], window, never))[0]?.status;
  expect(await read()).toBe('denied');
  expect(await read()).toBe('denied');
  writeKey('ASIANEW0000000000000');
  expect(await read()).toBe('complete');
});
