import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import type { ChangeBatch } from '../../../src/core/change-batch.js';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { plainCname } from '../../../src/core/record-set.js';
import type { Result } from '../../../src/core/result.js';
import type { ZoneApi } from '../../../src/engine/ports.js';
import { canary, useCanaryCredentials, useNoCredentials } from './aws-environment.js';
import { CannedServer, changeAccepted, errorAnswer, oldErrorAnswer, type Reaction } from './canned-server.js';

const host = 'www.example.com.' as RecordName;
const batch: ChangeBatch = {
  changes: [{ action: 'CREATE', record: plainCname(host, 'x.herokudns.com', 60) }],
  comment: 'test',
};
const never = new AbortController().signal;
const deleted = `Tried to delete resource record set [name='www.example.com.', type='CNAME'] but it was not found`;
const created = `Tried to create resource record set [name='www.example.com.', type='CNAME'] but it already exists`;

let server: CannedServer;
let api: ZoneApi;

beforeAll(async () => {
  server = await CannedServer.start();
});
beforeEach(async () => {
  useCanaryCredentials();
  api = await createRoute53({ endpoint: server.endpoint, timeoutMs: 2000 });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function failureOf(result: Result<unknown, ProviderFailure>): ProviderFailure {
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  return result.error;
}

async function changeFailure(reaction: Reaction, timeoutMs = 1500): Promise<ProviderFailure> {
  server.react(reaction);
  return failureOf(await api.change('Z1', batch, timeoutMs, never));
}

describe('a change that does not go through', () => {
  const html = (status: number): Reaction => ({
    status,
    body: '<html><body>Oops<br></body></html>',
    contentType: 'text/html',
  });

  it.each<[string, Reaction, ProviderFailure['reason']]>([
    ['Throttling', errorAnswer(400, 'Throttling', 'Rate exceeded'), 'throttled'],
    ['ThrottlingException', errorAnswer(400, 'ThrottlingException', 'x'), 'throttled'],
    ['an unnamed Rate exceeded', errorAnswer(400, 'Other', 'Rate exceeded'), 'throttled'],
    ['HTTP 429', { status: 429, body: '' }, 'throttled'],
    ['PriorRequestNotComplete', errorAnswer(400, 'PriorRequestNotComplete', 'still processing'), 'busy'],
    ['AccessDenied', errorAnswer(403, 'AccessDenied', 'no'), 'denied'],
    ['InvalidClientTokenId', errorAnswer(403, 'InvalidClientTokenId', 'no'), 'denied'],
    ['SignatureDoesNotMatch', errorAnswer(403, 'SignatureDoesNotMatch', 'no'), 'denied'],
    ['ExpiredToken', errorAnswer(403, 'ExpiredToken', 'no'), 'denied'],
    ['HTTP 403 from a proxy', html(403), 'denied'],
    [
      'NoSuchHostedZone',
      errorAnswer(404, 'NoSuchHostedZone', 'No hosted zone found with ID: Z1'),
      'not-found',
    ],
    ['InvalidInput', errorAnswer(400, 'InvalidInput', 'Invalid XML'), 'invalid'],
    ['MalformedInput', errorAnswer(400, 'MalformedInput', 'x'), 'invalid'],
    ['InvalidChangeBatch without a message', errorAnswer(400, 'InvalidChangeBatch', ''), 'invalid'],
    ['a lost race', errorAnswer(400, 'InvalidChangeBatch', `[${deleted}, ${created}]`), 'conflict'],
    ['a lost race in the old form', oldErrorAnswer(deleted, created), 'conflict'],
    [
      'a wrong batch',
      errorAnswer(400, 'InvalidChangeBatch', `[${deleted}, RDATA character limit]`),
      'invalid',
    ],
    ['a wrong batch in the old form', oldErrorAnswer('RDATA character limit of 32000 exceeded.'), 'invalid'],
    ['HTTP 500 with HTML', html(500), 'unavailable'],
    ['HTTP 503 without a body', { status: 503, body: '' }, 'unavailable'],
    ['a cut connection', 'reset', 'unavailable'],
    ['an unknown error', errorAnswer(400, 'NeverHeardOf', 'x'), 'unknown'],
    ['garbage', { status: 200, body: '<<<& garbage' }, 'unknown'],
    ['an empty answer with status 200', { status: 200, body: '' }, 'unknown'],
    ['HTML with status 200', { status: 200, body: '<html><body>Log in</body></html>' }, 'unknown'],
  ])('%s', async (_, reaction, reason) => {
    const failure = await changeFailure(reaction);
    expect(failure).toMatchObject({ reason, provider: 'route53', operation: 'ChangeResourceRecordSets' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['today', errorAnswer(400, 'InvalidChangeBatch', `[${deleted}, ${created}]`)],
    ['before', oldErrorAnswer(deleted, created)],
  ])('has the single messages as details, as AWS writes them %s', async (_, reaction) => {
    expect((await changeFailure(reaction)).details).toEqual([deleted, created]);
  });

  it('has no details when it was not the batch that was refused', async () => {
    expect((await changeFailure(errorAnswer(400, 'InvalidInput', `[${deleted}]`))).details).toEqual([]);
  });

  it('times out by its own limit, not the one for reading, after one attempt', async () => {
    const startedAt = performance.now();
    const failure = await changeFailure('silence', 200);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(failure).toMatchObject({ reason: 'timeout', message: 'Route 53 did not answer within 200 ms' });
    expect(server.seen).toHaveLength(1);
  });

  it('says so when the caller gave up, before the call or during it', async () => {
    server.react('silence');
    const early = failureOf(await api.change('Z1', batch, 1000, AbortSignal.abort()));
    expect(server.seen).toHaveLength(0);
    const late = failureOf(await api.change('Z1', batch, 1000, AbortSignal.timeout(50)));
    expect(late).toEqual(early);
    expect(late.message).toContain('told to stop');
  });

  it('is unavailable when nothing listens', async () => {
    const nowhere = await createRoute53({ endpoint: 'http://127.0.0.1:1' });
    expect(failureOf(await nowhere.change('Z1', batch, 1000, never))).toMatchObject({
      reason: 'unavailable',
      message: 'Route 53 could not be reached (ECONNREFUSED)',
    });
  });

  it('is refused here when it holds a record of which only part is known', async () => {
    server.react(changeAccepted);
    const record = { ...plainCname(host, 'x', 60), foreignRouting: 'Region' };
    const foreign = { ...batch, changes: [{ action: 'DELETE' as const, record }] };
    expect(failureOf(await api.change('Z1', foreign, 1000, never))).toMatchObject({ reason: 'invalid' });
    expect(server.seen).toHaveLength(0);
  });
});

describe('each write', () => {
  it('opens a connection of its own, so that a kept one that died cannot cost the one attempt', async () => {
    server.react(changeAccepted);
    await api.change('Z1', batch, 1000, never);
    await api.change('Z1', batch, 1000, never);
    expect(new Set(server.seen.map(({ clientPort }) => clientPort)).size).toBe(2);
  });

  it('is signed for us-east-1 unless a region is set', async () => {
    server.react(changeAccepted);
    await api.change('Z1', batch, 1000, never);
    process.env['AWS_REGION'] = 'cn-north-1';
    const abroad = await createRoute53({ endpoint: server.endpoint });
    await abroad.change('Z1', batch, 1000, never);
    const scopes = server.seen.map(
      ({ headers }) => /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1],
    );
    expect(scopes).toEqual(['us-east-1', 'cn-north-1']);
  });
});

describe('reading', () => {
  it.each<[string, Reaction, ProviderFailure['reason'], number]>([
    ['throttled, after two attempts', errorAnswer(400, 'Throttling', 'Rate exceeded'), 'throttled', 2],
    ['unavailable, after two attempts', { status: 500, body: '' }, 'unavailable', 2],
    ['refused at once', errorAnswer(403, 'AccessDenied', 'no'), 'denied', 1],
    ['not found', errorAnswer(404, 'NoSuchHostedZone', 'No hosted zone found with ID: Z1'), 'not-found', 1],
    ['empty with status 200: never an empty zone', { status: 200, body: '' }, 'unknown', 1],
    ['HTML with status 200', { status: 200, body: '<html><body>Log in</body></html>' }, 'unknown', 1],
  ])('is %s', async (_, reaction, reason, attempts) => {
    server.react(reaction);
    expect(failureOf(await api.records('Z1', [host], never))).toMatchObject({
      reason,
      operation: 'ListResourceRecordSets',
    });
    expect(server.seen).toHaveLength(attempts);
  });

  it('ends at its deadline, attempts and waits together', async () => {
    server.react('silence');
    const quick = await createRoute53({ endpoint: server.endpoint, timeoutMs: 300 });
    const startedAt = performance.now();
    expect(failureOf(await quick.records('Z1', [host], never)).reason).toBe('timeout');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('knows a change that does not exist, and an answer without a status', async () => {
    server.react(errorAnswer(404, 'NoSuchChange', 'x'));
    expect(failureOf(await api.changeStatus('C1', never)).reason).toBe('not-found');
    server.react({ status: 200, body: '<GetChangeResponse/>' });
    expect(failureOf(await api.changeStatus('C1', never)).reason).toBe('unknown');
  });
});

describe('credentials', () => {
  it('that are missing are said to be missing, with what to set', async () => {
    useNoCredentials();
    const failure = failureOf(
      await (await createRoute53({ endpoint: server.endpoint })).records('Z1', [host], never),
    );
    expect(failure.reason).toBe('denied');
    expect(failure.message).toContain('AWS_PROFILE');
  });

  it('that never arrive cannot hold a call beyond its deadline', async () => {
    useNoCredentials();
    server.react('silence');
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${server.endpoint}/credentials`;
    const stuck = await createRoute53({ endpoint: server.endpoint });
    const startedAt = performance.now();
    expect(failureOf(await stuck.change('Z1', batch, 200, never)).reason).toBe('timeout');
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(server.seen.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('fault 18: name the permission that is missing', async () => {
    const text =
      'User: arn:aws:iam::123456789012:user/x is not authorized to perform: route53:ListHostedZonesByName on resource: arn:aws:route53:::hostedzone/* because no identity-based policy allows it';
    server.react(errorAnswer(403, 'AccessDenied', text));
    expect(failureOf(await api.zonesFor(host, never)).message).toContain(
      'may not call route53:ListHostedZonesByName on arn:aws:route53:::hostedzone/*;',
    );
  });

  it('never appear in a message, even when the server sends them back', async () => {
    const codes = [
      'InvalidInput',
      'InvalidChangeBatch',
      'AccessDenied',
      'SignatureDoesNotMatch',
      'NoSuchHostedZone',
      'NeverHeardOf',
    ];
    const leaks: string[] = [];
    for (const code of codes) {
      server.react(({ headers }) =>
        errorAnswer(
          400,
          code,
          `[Tried to ${String(headers.authorization)} ${String(headers['x-amz-security-token'])}]`,
        ),
      );
      leaks.push(JSON.stringify(await api.change('Z1', batch, 1000, never)));
      expect(server.seen[0]?.headers['x-amz-security-token']).toBe(canary.sessionToken);
    }
    for (const secret of Object.values(canary)) expect(leaks.join()).not.toContain(secret);
  });
});
