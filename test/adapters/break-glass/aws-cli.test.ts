import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBreakGlass } from '../../../src/adapters/break-glass/files.js';
import { startRoute53, type Route53Lab } from '../../../src/lab/route53/server.js';
import type { RecordSet } from '../../../src/core/record-set.js';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { atForty, collapse, drain } from './batches.js';

const missing = whyNoAws();
if (missing !== undefined) console.log(`skipped, because the AWS CLI does not run: ${missing}`);

describe.skipIf(missing !== undefined)('the lines of README.txt, pasted into a shell', () => {
  let directory: string;
  let zones: HostedZones;
  let lab: Route53Lab;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "shift's break glass-"));
    zones = new HostedZones({ serverCount: 1, insyncDelayMs: 0, now: Date.now, random: Math.random });
    zones.createZone({ name: 'example.com', callerReference: 'test', id: 'Z0123456789' });
    zones.registerHealthCheck('hc-1');
    const before = zones.change(
      'Z0123456789',
      atForty.map((record) => ({ action: 'CREATE', record: asSubmitted(record) })),
    );
    expect(before).toMatchObject({ kind: 'accepted' });
    lab = await startRoute53({ zones, host: '127.0.0.1', port: 0 });
    const files = { migrationId: 'k3m9', zoneId: 'Z0123456789', drain, collapse };
    await createBreakGlass({ directory }).write(files);
  });
  afterEach(async () => {
    await lab.close();
    await rm(directory, { recursive: true });
  });

  test('first drain, then collapse the records', async () => {
    expect(standing()).toContain('CNAME 60 x.herokudns.com.');
    await paste('drain.json');
    expect(standing()).toEqual([
      'A api.example.com. alias',
      'CNAME 100 x.herokudns.com.',
      'CNAME 0 y.eu-west-1.elb.amazonaws.com.',
      'TXT "state=live"',
    ]);
    await paste('drain.json');
    await paste('collapse.json');
    expect(standing()).toEqual([
      'CNAME x.herokudns.com.',
      'TXT "state=ended; by=\\"ops & co\\" <x> \\195\\164"',
    ]);
  });

  test('change nothing when something else stands there than is to be collapsed', async () => {
    const before = standing();
    await expect(paste('collapse.json')).rejects.toThrow('InvalidChangeBatch');
    expect(standing()).toEqual(before);
  });

  test('send a change once, even when its answer is lost', async () => {
    lab.faults.add({ kind: 'drop-reply', on: 'writes' });
    await expect(paste('drain.json')).rejects.toThrow(/aws --endpoint-url/);
    expect(lab.requests.map(({ action, outcome }) => `${action} ${outcome.kind}`)).toEqual([
      'ChangeResourceRecordSets reply-dropped',
    ]);
  });

  /** Runs the line that names this file as an operator would, but against loopback and with credentials that are none. */
  async function paste(file: string): Promise<void> {
    const text = await readFile(join(directory, 'break-glass', 'k3m9', 'README.txt'), 'utf8');
    const line = text.split('\n').find((candidate) => candidate.includes(`/${file}`));
    const elsewhere = line?.trim().replace('aws --region', `aws --endpoint-url ${lab.url} --region`) ?? '';
    await promisify(execFile)('sh', ['-c', elsewhere], {
      env: {
        PATH: process.env['PATH'],
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_PAGER: '',
      },
    });
  }

  function standing(): string[] {
    const records = zones.records('Z0123456789') ?? [];
    return records
      .filter(({ type }) => type !== 'NS' && type !== 'SOA')
      .map(({ type, name, weight, values }) =>
        [type, weight, values === undefined ? `${name} alias` : values.join()]
          .filter((part) => part !== undefined)
          .join(' '),
      );
  }
});

function asSubmitted({ alias, ...record }: RecordSet): LabRecord {
  return {
    name: record.name,
    type: record.type,
    ...(record.setIdentifier !== null && { setIdentifier: record.setIdentifier }),
    ...(record.weight !== null && { weight: record.weight }),
    ...(record.ttl !== null && { ttl: record.ttl }),
    ...(alias === null ? { values: record.values } : { alias }),
    ...(record.healthCheckId !== null && { healthCheckId: record.healthCheckId }),
  };
}

function whyNoAws(): string | undefined {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
