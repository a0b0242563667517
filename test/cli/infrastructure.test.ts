import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.js';
import type { CommandContext } from '../../src/cli/command-context.js';
import { exportRecords } from '../../src/cli/commands/export.js';
import { iam } from '../../src/cli/commands/iam.js';
import { printRunbook } from '../../src/cli/commands/runbook.js';
import { openStore } from '../../src/compose/store.js';
import { readConfig, type Config } from '../../src/config.js';
import { startRoute53, type Route53Lab } from '../../src/lab/route53/server.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { World } from '../engine/world.js';

let directory = '';

beforeAll(useCanaryCredentials);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-infrastructure-'));
});

afterEach(() => rm(directory, { recursive: true }));

function configOf(endpoint = 'http://127.0.0.1:9'): Config {
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => false };
  const config = readConfig({ AWS_ENDPOINT_URL_ROUTE_53: endpoint }, { stateDir: directory }, surroundings);
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

interface Printed {
  readonly out: string;
  readonly err: string;
}

async function print(
  verb: (context: CommandContext) => Promise<number>,
  config: Config = configOf(),
): Promise<Printed> {
  const printed = { out: '', err: '' };
  const terminal: CommandContext['terminal'] = {
    out: (line) => void (printed.out += `${line}\n`),
    err: (line) => void (printed.err += `${line}\n`),
    isInteractive: false,
    canAsk: false,
    hasColor: false,
    columns: () => 80,
    rows: () => 24,
  };
  expect(await verb({ config, terminal, signal: new AbortController().signal })).toBe(0);
  return printed;
}

async function failureOf(running: Promise<unknown>): Promise<string> {
  const error: unknown = await running.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof CommandFailure ? JSON.stringify(error.failure) : String(error);
}

/** A migration that is under way, its journal in a file and its zone behind the lab's endpoint. */
async function begun(share: number): Promise<{ world: World; config: Config; lab: Route53Lab }> {
  const world = new World();
  const id = await world.startedAt(share);
  await using store = await openStore(configOf(), false);
  const entries = await world.journal(id);
  const [first, ...rest] = entries;
  const [row] = await world.store.list();
  if (first === undefined || row === undefined) throw new Error('nothing was started');
  await store.create(row, first.event, first.event.at);
  const step = { migrationId: id, at: first.event.at, live: true, expectedSequence: 1, epoch: null };
  await store.append({ ...step, events: rest.map(({ event }) => event) });
  const lab = await startRoute53({ zones: world.zones, host: '127.0.0.1', port: 0 });
  onTestFinished(() => lab.close());
  return { world, config: configOf(lab.url), lab };
}

const run = { for: 'run', cloudwatch: true };

describe('iam', () => {
  test('prints one policy document and nothing else, without a call and without a journal', async () => {
    const options = { ...run, zone: 'Z0123456789' };
    const { out, err } = await print((context) => iam(context, 'WWW.example.com', options));
    const policy = JSON.parse(out) as { Statement: { Action: string[]; Resource: string }[] };
    expect(policy.Statement[0]?.Resource).toBe('arn:aws:route53:::hostedzone/Z0123456789');
    expect(out).toContain('"_shift.www.example.com"');
    expect(err).toBe('');
  });

  test('takes hosts, zone and whether CloudWatch is read from a running migration', async () => {
    const { world, config } = await begun(10);
    const { out } = await print((context) => iam(context, undefined, run), config);
    expect(out).toContain(`hostedzone/${world.zoneId}`);
    expect(out).toContain('"www.example.com"');
    expect(out).not.toContain('cloudwatch');
  });

  test('finds the zone of a host that it does not know', async () => {
    const { world, config } = await begun(10);
    const { out } = await print((context) => iam(context, 'new.example.com', run), config);
    expect(out).toContain(`hostedzone/${world.zoneId}`);
    expect(out).toContain('"new.example.com"');
    expect(await failureOf(print((context) => iam(context, 'www.example.net', run), config))).toContain(
      '--zone',
    );
  });

  test('takes hosts and zone from a migration file', async () => {
    const file = join(directory, 'migration.yaml');
    const side = '{ from: heroku:shop, to: aws:alb-1.eu-west-1.elb.amazonaws.com }';
    await writeFile(file, `zone: Z0FILE\nhosts:\n  a.example.com: ${side}\n  b.example.com: ${side}\n`);
    const { out } = await print((context) => iam(context, undefined, { ...run, file, for: 'rollback-only' }));
    expect(out).toContain('hostedzone/Z0FILE');
    expect(out).toContain('"_shift.b.example.com"');
    expect(out).not.toContain('_shift-test');
  });

  test('warns on stderr when the document is too long for a managed policy', async () => {
    const file = join(directory, 'migration.yaml');
    const host = (index: number): string =>
      `  ${'x'.repeat(50)}${index}.example.com: { from: heroku:shop, to: aws:alb-1.eu-west-1.elb.amazonaws.com }`;
    const hosts = Array.from({ length: 40 }, (_, index) => host(index)).join('\n');
    await writeFile(file, `zone: Z0FILE\nhosts:\n${hosts}\n`);
    const { out, err } = await print((context) => iam(context, undefined, { ...run, file }));
    expect(() => JSON.parse(out) as unknown).not.toThrow();
    expect(err).toContain('too many for a managed policy');
  });

  test.each([
    [undefined, {}, 'host'],
    ['www.example.com', { zone: 'example.com' }, '--zone'],
    ['www.example.com', { zone: 'Z1', for: 'everything' }, '--for'],
  ])('%j with %j is refused', async (host, change, where) => {
    const failure = await failureOf(print((context) => iam(context, host, { ...run, ...change })));
    expect(failure).toContain('"reason":"invalid-input"');
    expect(failure).toContain(`"where":"${where}"`);
  });
});

describe('runbook', () => {
  test('is printed from the journal, with the real paths of the break-glass files', async () => {
    const { config } = await begun(25);
    const { out } = await print((context) => printRunbook(context, 'www.example.com', {}), config);
    expect(out).toMatch(/phase observing\s+with 25%/);
    expect(out).toContain(`file://${directory}/break-glass/www-example-com-`);
    expect(out).toContain('started by: ann');
  });
});

describe('export', () => {
  test('prints what stands in the zone, not what the journal remembers', async () => {
    const { world, config } = await begun(25);
    const as = (format: 'terraform' | 'zonefile'): Promise<Printed> =>
      print((context) => exportRecords(context, 'www.example.com', { as: format }), config);
    const { out } = await as('terraform');
    expect(out).toContain(`id = "${world.zoneId}_www.example.com_CNAME_shift-target"`);
    expect(out).toContain('weight = 25');
    const zonefile = (await as('zonefile')).out;
    expect(zonefile).toMatch(/^example\.com\. \d+ IN SOA /m);
    expect(zonefile).toMatch(/^www\.example\.com\. 2 IN CNAME sleepy-otter/m);
    const standing = (world.zones.records(world.zoneId) ?? []).filter(({ type }) => type === 'CNAME');
    world.write(standing.map((record) => ({ action: 'DELETE', record })));
    expect((await as('terraform')).out).toContain('# Nothing stands at www.example.com.');
  });

  test('says that the records may not be read, and does not print an empty zone', async () => {
    const { config, lab } = await begun(25);
    lab.faults.add({ kind: 'access-denied', actions: ['ListResourceRecordSets'] });
    const exporting = print(
      (context) => exportRecords(context, 'www.example.com', { as: 'terraform' }),
      config,
    );
    expect(await failureOf(exporting)).toContain('"reason":"denied"');
  });

  test('says that Route 53 cannot be reached', async () => {
    const { config } = await begun(25);
    const failure = await failureOf(
      print((context) => exportRecords(context, 'www.example.com', { as: 'terraform' }), {
        ...config,
        route53Endpoint: 'http://127.0.0.1:9',
      }),
    );
    expect(failure).toContain('"reason":"provider"');
  });
});
