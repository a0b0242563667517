import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { rootCertificates } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Webhook } from '../../../src/core/policy/notify-policy.js';
import { instant, millis } from '../../../src/core/time.js';
import type { Notifier } from '../../../src/engine/ports.js';
import { www } from '../../core/story.js';
import { issueChain, type Chain } from '../probe/certificates.js';
import { page } from './message.js';
import { notifierAt, Receiver } from './receiver.js';

const head = { sequence: 44, hash: 'ab'.repeat(32) };
const secret = `whsec_${Buffer.from('a secret of more than 24 bytes').toString('base64')}`;
const token = 'T0KEN-that-nobody-may-see';
const variables: Readonly<Record<string, string>> = { SECRET: secret, KEY: token };
const variable = (name: string): string | undefined => variables[name];

let chain: Chain;
beforeAll(async () => {
  chain = await issueChain(
    ['hooks.example.com', 'hooks.slack.com', 'events.pagerduty.com'],
    'CN=An intermediate for tests',
  );
});

function roots(): string[] {
  return [...rootCertificates, chain.rootPem];
}

function webhook(receiver: Receiver, change: Partial<Webhook> = {}): Webhook {
  const address = { url: `https://hooks.example.com:${receiver.port}/told` };
  return { kind: 'webhook', address, secretFrom: 'env:SECRET', allowPrivate: true, ...change };
}

function local(): Notifier {
  return notifierAt(['127.0.0.1'], { roots: roots(), variable });
}

const never = new AbortController().signal;

describe('a webhook', () => {
  test('gets signed JSON with the reason, the numbers, what to type, and the head of the journal', async () => {
    await using receiver = await Receiver.start(chain);
    const told = await local().tell(webhook(receiver), page, head, never);
    expect(told).toEqual({ ok: true, value: 'answered 200' });
    const { headers, body, path } = receiver.received[0]!;
    expect(path).toBe('/told');
    expect(headers['webhook-id']).toBe(page.key);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${page.key}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(300);
    expect(JSON.parse(body)).toMatchObject({
      type: 'shift.rolling-back',
      timestamp: '2023-11-14T22:13:20.000Z',
      data: {
        hosts: ['www.example.com'],
        because: page.because,
        next: page.next,
        numbers: page.numbers,
        commands: [
          { here: 'shiftctl --state-dir /var/lib/shift status www.example.com --why', anywhere: null },
          {
            here: 'shiftctl --state-dir /var/lib/shift rollback www.example.com',
            anywhere: 'shiftctl rollback www.example.com --no-state',
          },
        ],
        journal: head,
      },
    });
  });

  test.each<[string, (response: ServerResponse) => unknown, string]>([
    [
      'redirects to the metadata of a cloud',
      (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
      'answered 302, and redirects are not followed',
    ],
    ['answers 500', (response) => response.writeHead(500).end(token), 'answered 500'],
    [
      'answers without an end',
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
        };
        response.on('drain', more);
        response.writeHead(200, { 'content-length': String(2 ** 30) });
        more();
      },
      'answered 200 with more than 65536 bytes',
    ],
    ['hangs up', (response) => response.destroy(), 'failed'],
  ])('that %s is a failure in one sentence', async (_what, answer, because) => {
    await using receiver = await Receiver.start(chain);
    receiver.answer = answer;
    const told = await local().tell(webhook(receiver), page, head, never);
    expect(told.ok ? '' : told.error).toContain(because);
    expect(JSON.stringify(told)).not.toContain(token);
    expect(receiver.received).toHaveLength(1);
  });

  test('that never answers is left when the caller has waited enough, and its connection is closed', async () => {
    await using receiver = await Receiver.start(chain);
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const stop = new AbortController();
    receiver.answer = (response) => {
      response.on('close', closed);
      stop.abort();
    };
    const told = await local().tell(webhook(receiver), page, head, stop.signal);
    expect(told).toMatchObject({ ok: false });
    await isClosed;
  });

  test('with a certificate that nobody vouches for is not told', async () => {
    await using receiver = await Receiver.start(chain);
    const strict = notifierAt(['127.0.0.1'], { roots: rootCertificates, variable });
    const told = await strict.tell(webhook(receiver), page, head, never);
    expect(told.ok ? '' : told.error).toMatch(/certificate .* is not trusted/);
    expect(receiver.received).toEqual([]);
  });

  test.each([
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['10.1.2.3'],
    ['100.100.100.200'],
    ['192.168.0.1'],
    ['::1'],
    ['fd00:ec2::254'],
    ['fe80::1'],
    ['::ffff:169.254.169.254'],
    ['64:ff9b::a9fe:a9fe'],
    ['2002:a9fe:a9fe::1'],
  ])(
    'whose name leads to %s is not connected to, not even when another address is public',
    async (inside) => {
      await using receiver = await Receiver.start(chain);
      const notifier = notifierAt(['8.8.8.8', inside], { roots: roots(), variable });
      const told = await notifier.tell(webhook(receiver, { allowPrivate: false }), page, head, never);
      expect(told.ok ? '' : told.error).toContain(`leads to ${inside}, which is not a public address`);
      expect(receiver.connections).toBe(0);
    },
  );

  test.each([
    'https://127.0.0.1',
    'https://[::1]',
    'https://2130706433',
    'https://[::ffff:7f00:1]',
    'https://0x7f.1',
  ])('under the address %s itself is not connected to', async (url) => {
    await using receiver = await Receiver.start(chain);
    const address = { url: `${url}:${receiver.port}/` };
    const told = await local().tell(webhook(receiver, { address, allowPrivate: false }), page, head, never);
    expect(told.ok ? '' : told.error).toContain('which is not a public address');
    expect(receiver.connections).toBe(0);
  });

  test('under plain http is not told, and a URL that is a secret is named by its host alone', async () => {
    const url = `http://hooks.example.com/${token}`;
    const notifier = notifierAt(['127.0.0.1'], { roots: roots(), variable: () => url });
    const to: Webhook = {
      kind: 'webhook',
      address: { urlFrom: 'env:URL' },
      secretFrom: null,
      allowPrivate: true,
    };
    const told = await notifier.tell(to, page, head, never);
    expect(told).toEqual({ ok: false, error: 'hooks.example.com is told over https only' });
  });

  test('whose secret is missing or no secret is not told without a signature', async () => {
    await using receiver = await Receiver.start(chain);
    const missing = await local().tell(webhook(receiver, { secretFrom: 'env:NOTHING' }), page, head, never);
    expect(missing).toEqual({ ok: false, error: 'the environment variable NOTHING is not set' });
    const wrong = await local().tell(webhook(receiver, { secretFrom: 'env:KEY' }), page, head, never);
    expect(wrong.ok ? '' : wrong.error).toContain('whsec_');
    expect(JSON.stringify(wrong)).not.toContain(token);
    expect(receiver.received).toEqual([]);
  });
});

describe('a before-stage hook', () => {
  const question = {
    migrationId: 'www-example-com-abc123',
    hosts: [www],
    stage: 1,
    shareNow: 10,
    shareNext: 25,
    because: 'ready',
    askedAt: instant(1_700_000_000_000),
  };

  test.each([
    [200, '{"allow": true}', 'go', 'it allows the stage'],
    [200, '{"allow": false, "reason": "freeze\\u001b[31m until Monday"}', 'hold', 'freeze until Monday'],
    [200, '{"allow": "true"}', 'none', 'its answer is not'],
    [200, 'OK', 'none', 'its answer is not'],
    [200, '[true]', 'none', 'its answer is not'],
    [204, '', 'none', 'it answered 204, expected 200'],
    [503, '{"allow": true}', 'none', 'it answered 503, expected 200'],
  ] as const)('that answers %i %s says %s', async (status, body, answer, because) => {
    await using receiver = await Receiver.start(chain);
    receiver.answer = (response) => response.writeHead(status).end(body);
    const hook = { webhook: webhook(receiver), timeoutMs: millis(5_000) };
    const answered = await local().ask(hook, question, never);
    expect(answered.answer).toBe(answer);
    expect(answered.because).toContain(because);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      type: 'shift.before-stage',
      data: { hosts: ['www.example.com'], shareNow: 10, shareNext: 25 },
    });
  });

  test('that hangs is waited for no longer than its timeout', async () => {
    await using receiver = await Receiver.start(chain);
    receiver.answer = () => undefined;
    const hook = { webhook: webhook(receiver), timeoutMs: millis(100) };
    const { answer, because } = await local().ask(hook, question, never);
    expect(answer).toBe('none');
    expect(because).toContain('did not answer within 100ms');
  });
});

describe('the public services', () => {
  test('Slack gets blocks in which foreign text can mention nobody', async () => {
    await using receiver = await Receiver.start(chain);
    const slackHost = `hooks.slack.com:${receiver.port}`;
    const url = `https://${slackHost}/services/${token}`;
    const standIn = { slackHost, pagerDutyUrl: '' };
    const notifier = notifierAt(['127.0.0.1'], { roots: roots(), variable: () => url, standIn });
    const told = await notifier.tell({ kind: 'slack', urlFrom: 'env:SLACK_URL' }, page, head, never);
    expect(told).toEqual({ ok: true, value: 'answered 200' });
    const body = receiver.received[0]?.body ?? '';
    expect(body).toContain('&amp; &lt;worse&gt;');
    expect(body).toContain(
      'shiftctl --state-dir /var/lib/shift history www-example-com-abc123 --verify --head ',
    );
    expect(body).toContain('*Now* nothing has to be typed &lt;yet&gt;');
    expect(body).toContain('```shiftctl --state-dir /var/lib/shift rollback www.example.com```');
    expect(body).toContain('```shiftctl rollback www.example.com --no-state```');
    const { blocks } = JSON.parse(body) as { blocks: { type: string }[] };
    expect(blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'section',
      'section',
      'context',
      'context',
    ]);
  });

  test('a URL that is not one of Slack is not told, and not named', async () => {
    const notifier = notifierAt(['8.8.8.8'], {
      roots: roots(),
      variable: () => `https://evil.example/${token}`,
    });
    const told = await notifier.tell({ kind: 'slack', urlFrom: 'env:SLACK_URL' }, page, head, never);
    expect(told).toEqual({
      ok: false,
      error: 'what env:SLACK_URL holds is not a URL of hooks.slack.com or hooks.slack-gov.com',
    });
  });

  test('PagerDuty gets one incident for a page, and the end of those that are over', async () => {
    await using receiver = await Receiver.start(chain);
    const pagerDutyUrl = `https://events.pagerduty.com:${receiver.port}/v2/enqueue`;
    receiver.answer = (response) => response.writeHead(202).end('{"status":"success"}');
    const standIn = { slackHost: '', pagerDutyUrl };
    const notifier = notifierAt(['127.0.0.1'], { roots: roots(), variable, standIn });
    const message = { ...page, resolves: ['shift/www-example-com-abc123/asked/30'] };
    const to = { kind: 'pagerduty', routingKeyFrom: 'env:KEY', region: 'us' } as const;
    expect(await notifier.tell(to, message, head, never)).toEqual({ ok: true, value: 'answered 202' });
    const events = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const trigger = events.find((event) => event['event_action'] === 'trigger');
    expect(trigger).toMatchObject({
      routing_key: token,
      dedup_key: page.key,
      payload: { severity: 'critical', source: 'www.example.com', timestamp: '2023-11-14T22:13:20.000Z' },
    });
    expect(JSON.stringify(trigger)).toContain('shiftctl rollback www.example.com --no-state');
    expect(events.find((event) => event['event_action'] === 'resolve')).toEqual({
      routing_key: token,
      event_action: 'resolve',
      dedup_key: 'shift/www-example-com-abc123/asked/30',
    });
  });

  test('a heartbeat is one GET, and an answer other than 2xx is said', async () => {
    await using receiver = await Receiver.start(chain);
    const address = { url: `https://hooks.example.com:${receiver.port}/beat` };
    expect(await local().beat({ address, allowPrivate: true }, never)).toMatchObject({ ok: true });
    expect(receiver.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /beat']);
    receiver.answer = (response) => response.writeHead(404).end();
    const gone = await local().beat({ address, allowPrivate: true }, never);
    expect(gone).toEqual({ ok: false, error: 'answered 404' });
    const inside = await local().beat({ address, allowPrivate: false }, never);
    expect(inside.ok ? '' : inside.error).toContain('not a public address');
  });
});
