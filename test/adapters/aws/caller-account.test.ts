import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import { startRoute53 } from '../../../src/lab/route53/server.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { useCanaryCredentials, useNoCredentials } from '../route53/aws-environment.js';
import { CannedServer, errorAnswer } from '../route53/canned-server.js';

const never = new AbortController().signal;

beforeEach(useCanaryCredentials);

async function accountAt(endpoint: string): Promise<unknown> {
  const { inspection } = await createRoute53({ endpoint, timeoutMs: 2_000 });
  return inspection.account(never);
}

test('fault 20: credentials that do not say their account have it asked of STS, at the endpoint that the SDK knows', async () => {
  const zones = new HostedZones({ serverCount: 4, insyncDelayMs: 0, now: Date.now, random: Math.random });
  await using lab = await startRoute53({ zones, host: '127.0.0.1', port: 0 });
  process.env['AWS_ENDPOINT_URL_STS'] = lab.url;
  expect(await accountAt('http://127.0.0.1:9')).toEqual({ ok: true, value: '000000000000' });
  process.env['AWS_ACCOUNT_ID'] = '123456789012';
  expect(await accountAt('http://127.0.0.1:9')).toEqual({ ok: true, value: '123456789012' });
});

test('with an endpoint for Route 53 alone the real STS is not shown the credentials of another world', async () => {
  expect(await accountAt('http://127.0.0.1:9')).toEqual({ ok: true, value: null });
});

test('an STS that cannot be reached, refuses or answers nonsense is a failure or null, never an account', async () => {
  process.env['AWS_ENDPOINT_URL_STS'] = 'http://127.0.0.1:9';
  expect(await accountAt('http://127.0.0.1:9')).toMatchObject({
    ok: false,
    error: { reason: 'unavailable', message: 'AWS STS could not be reached (ECONNREFUSED)' },
  });
  await using server = await CannedServer.start();
  process.env['AWS_ENDPOINT_URL'] = server.endpoint;
  delete process.env['AWS_ENDPOINT_URL_STS'];
  server.react(errorAnswer(403, 'ExpiredToken', 'expired'));
  expect(await accountAt(server.endpoint)).toMatchObject({ ok: false, error: { reason: 'denied' } });
  server.react({ status: 200, body: answerWith('<Account>twelve</Account>') });
  expect(await accountAt(server.endpoint)).toEqual({ ok: true, value: null });
  server.react('silence');
  expect(await accountAt(server.endpoint)).toMatchObject({ ok: false, error: { reason: 'timeout' } });
});

test('an STS behind something that takes connections and says nothing is given up after two seconds, and said to be not known', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  process.env['AWS_ENDPOINT_URL_STS'] = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { inspection } = await createRoute53({ endpoint: 'http://127.0.0.1:9' });
  expect(await inspection.account(never)).toMatchObject({
    ok: false,
    error: { reason: 'timeout', message: 'AWS STS did not answer within 2000 ms' },
  });
  for (const socket of sockets) if (!socket.destroyed) await once(socket.resume(), 'close');
  expect(sockets.length).toBeGreaterThan(0);
  silent.close();
});

test('credentials that take longer than STS may are still waited for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shift-slow-credentials-'));
  const answer = { Version: 1, AccessKeyId: 'AKIASLOW', SecretAccessKey: 'slow', AccountId: '123456789012' };
  await writeFile(join(folder, 'answer.json'), JSON.stringify(answer));
  const slow = `sh -c "sleep 2.5; cat ${join(folder, 'answer.json')}"`;
  await writeFile(join(folder, 'config'), `[default]\ncredential_process = ${slow}\n`);
  useNoCredentials();
  process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
  const { inspection } = await createRoute53({ endpoint: 'http://127.0.0.1:9' });
  expect(await inspection.account(never)).toEqual({ ok: true, value: '123456789012' });
  await rm(folder, { recursive: true });
});

function answerWith(content: string): string {
  return `<GetCallerIdentityResponse><GetCallerIdentityResult>${content}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
}
