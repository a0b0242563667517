import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Receiver, type Received } from '../adapters/notify/receiver.js';
import { createAuthority } from '../adapters/prometheus/certificates.js';
import { patientPolicy, shortPolicy } from './policies.js';
import { longestMigrationMs } from './product.js';
import { WiredLab } from './wired-lab.js';
import { standing, writesOf } from './writes.js';

const key = Buffer.from('a secret of thirty-two bytes, no!');
const secrets = { HOOK_SECRET: `whsec_${key.toString('base64')}`, PAGERDUTY_KEY: 'routing-key-1' };

type Authority = Awaited<ReturnType<typeof createAuthority>>;

async function receiver(authority: Authority): Promise<Receiver> {
  const { cert, key: privateKeyPem } = await authority.issue('server');
  return Receiver.start({ rootPem: authority.pem, chainPem: cert, leafPem: cert, privateKeyPem });
}

/** The lab's authority and that of the stand-ins, as a company's bundle would hold them. */
async function trusted(world: WiredLab, authority: Authority): Promise<Record<string, string>> {
  await world.file('authorities.pem', `${world.lab.caPem}\n${authority.pem}`);
  return { SHIFT_CA_FILE: `${world.directory}/authorities.pem` };
}

function signatureOf({ headers, body }: Received): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

interface WebhookBody {
  readonly type: string;
  readonly data: { readonly journal: { readonly sequence: number; readonly hash: string } };
}

describe.concurrent('a daemon and whoever it tells', () => {
  test('Slack, PagerDuty and a signed webhook hear over TLS of the rollback, why, and what to type', async () => {
    const authority = await createAuthority();
    await using standIn = await receiver(authority);
    await using world = await WiredLab.open();
    const base = `https://127.0.0.1:${standIn.port}`;
    const env = {
      ...(await trusted(world, authority)),
      ...secrets,
      SLACK_URL: `${base}/services/T0/B0/x`,
      SHIFT_NOTIFY_STAND_IN: base,
    };
    const policy = await world.file(
      'told.yaml',
      `${patientPolicy}notify:
  channels:
    - { slack: { urlFrom: "env:SLACK_URL" } }
    - { pagerduty: { routingKeyFrom: "env:PAGERDUTY_KEY" } }
    - { webhook: { url: "${base}/hook", secretFrom: "env:HOOK_SECRET", allowPrivate: true } }
`,
    );
    await world.begin(policy);
    const daemon = await world.start(['daemon'], env);
    await daemon.until('10 %', () => daemon.stdout.split('✔ settled').length > 2, longestMigrationMs);
    await world.lab.target.origin.change({ errors: { status: 503, fraction: 1 } });
    const at = (path: string, text: string): Received | undefined =>
      standIn.received.find((one) => one.path === path && one.body.includes(text));
    const hasAll = (): boolean =>
      at('/services/T0/B0/x', 'rolling back by itself') !== undefined &&
      at('/v2/enqueue', 'rolling back by itself') !== undefined &&
      at('/hook', 'shift.rolled-back') !== undefined;
    await daemon.until('everybody to be told', hasAll, longestMigrationMs);
    expect((await daemon.end('SIGTERM')).code).toBe(8);

    expect(at('/services/T0/B0/x', 'rolling back by itself')?.body).toContain(
      'rollback www.example.com --no-state',
    );
    const page = JSON.parse(at('/v2/enqueue', 'rolling back by itself')?.body ?? '') as object;
    expect(page).toMatchObject({
      routing_key: 'routing-key-1',
      event_action: 'trigger',
      payload: { severity: 'critical', class: 'rolling-back' },
    });
    const hook = at('/hook', 'shift.rolled-back')!;
    expect(hook.headers['webhook-signature']).toBe(signatureOf(hook));
    expect(daemon.stdout + daemon.stderr).not.toContain('routing-key-1');

    const { sequence, hash } = (JSON.parse(hook.body) as WebhookBody).data.journal;
    const { stdout } = await world.succeed(['history', '--verify', '--head', `${sequence}:${hash}`]);
    expect(stdout).toContain(`✔ that head is in the chain: entry ${sequence}, `);
    const forged = await world.run([
      'history',
      '--verify',
      '--head',
      `${sequence + 1_000}:${'0'.repeat(64)}`,
    ]);
    expect(forged.code).toBe(6);
    expect(forged.stdout).toMatch(new RegExp(`entries \\d+ to ${sequence + 1_000} are gone`));
  });

  test('a webhook that hangs, redirects inside, answers a gigabyte or shows a bad certificate changes nothing but a warning', async () => {
    const authority = await createAuthority();
    await using hanging = await receiver(authority);
    await using redirecting = await receiver(authority);
    await using endless = await receiver(authority);
    await using untrusted = await receiver(await createAuthority());
    hanging.answer = () => undefined;
    redirecting.answer = (response) =>
      response.writeHead(302, { location: 'https://169.254.169.254/latest/meta-data/' }).end();
    let written = 0;
    endless.answer = (response) => pour(response, (bytes) => (written += bytes));
    await using world = await WiredLab.open();
    const channel = (name: string, { port }: Receiver): string =>
      `    - { name: ${name}, webhook: { url: "https://127.0.0.1:${port}/", allowPrivate: true } }\n`;
    const channels =
      channel('hanging', hanging) +
      channel('redirecting', redirecting) +
      channel('endless', endless) +
      channel('untrusted', untrusted);
    await world.begin(await world.file('hostile.yaml', `${shortPolicy}notify:\n  channels:\n${channels}`));
    const daemon = await world.start(['daemon'], await trusted(world, authority));
    await daemon.until('the end', () => daemon.stdout.includes('✔ completed'), longestMigrationMs);
    expect((await daemon.end('SIGTERM')).code).toBe(8);

    expect(writesOf(world.lab).map(({ gives }) => gives)).toEqual([0, 50, 100, 'target']);
    expect(standing(world.lab)).toEqual(['CNAME 1 target']);
    const history = await world.history();
    for (const [name, why] of [
      ['hanging', 'no answer within'],
      ['redirecting', 'answered 302, and redirects are not followed'],
      ['endless', 'with more than 65536 bytes'],
      ['untrusted', 'certificate'],
    ] as const)
      expect(history, name).toMatch(
        new RegExp(`could not tell ${name} about entry \\d+, it is tried again: .*${why}`),
      );
    expect(written, 'read no further than it has to be').toBeLessThan(64 * 1_048_576);
    expect(untrusted.received).toEqual([]);
  });
});

/** A gigabyte, as fast as somebody reads it. */
function pour(response: ServerResponse, count: (bytes: number) => void): void {
  const block = Buffer.alloc(1_048_576);
  let left = 1_024;
  response.on('error', () => undefined);
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      count(block.length);
      if (!response.write(block)) {
        response.once('drain', more);
        return;
      }
    }
    if (!response.destroyed) response.end();
  };
  more();
}
