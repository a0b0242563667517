/**
 * How long it takes from the key press to the moment Route 53 has accepted a rollback: a cold `shiftctl rollback` beside
 * `aws route53 change-resource-record-sets` with a prepared batch, in turn, against the same Route 53 on loopback, which judges every
 * change. The moment is the one at which the server has committed the change; processes are started anew each time.
 *
 * Run it with `npm run bench:rollback [rounds]`; the last line is the ratio of the medians.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBreakGlass } from '../../../dist/adapters/break-glass/files.js';
import { collapseBatch } from '../../../dist/core/intent-factory.js';
import { drainBatch } from '../../../dist/core/rollback.js';
import { startRoute53 } from '../../../dist/lab/route53/server.js';
import { HostedZones } from '../../../dist/lab/zone/hosted-zones.js';
import { host, writeHalfWayMigration, zoneId } from '../../../scripts/half-way-migration.mjs';

const rounds = Number(process.argv[2] ?? 15);
const aws = '/usr/bin/aws';
const bin = fileURLToPath(new URL('../../../dist/bin.cjs', import.meta.url));
const dayOfMinutes = 1440;

if (!existsSync(aws)) {
  console.log(`skipped: there is no ${aws} to compare with (Debian: apt-get install awscli)`);
  process.exit(0);
}

const scratch = mkdtempSync(join(tmpdir(), 'shift-bench-'));
const young = join(scratch, 'young');
const old = join(scratch, 'old');
const state = await writeHalfWayMigration(young);
const oldState = await writeHalfWayMigration(old, dayOfMinutes);
const files = {
  migrationId: 'half-way',
  zoneId,
  drain: drainBatch(state.plan),
  collapse: collapseBatch(state, state.intents.at(-1)),
};
await createBreakGlass({ directory: scratch }).write(files);

const contestants = [
  {
    name: 'aws route53 change-resource-record-sets',
    command: aws,
    args: [
      ...['--region', 'us-east-1', 'route53', 'change-resource-record-sets', '--hosted-zone-id', zoneId],
      ...['--change-batch', `file://${join(scratch, 'break-glass', 'half-way', 'drain.json')}`],
    ],
    atEndpoint: true,
  },
  {
    name: 'shiftctl rollback',
    command: process.execPath,
    args: [bin, 'rollback', '--no-wait', 'www.example.com'],
    directory: young,
  },
  {
    name: `shiftctl rollback, journal of a day (${dayOfMinutes} ticks)`,
    command: process.execPath,
    args: [bin, 'rollback', '--no-wait', 'www.example.com'],
    directory: old,
    state: oldState,
  },
  {
    name: 'shiftctl rollback --no-state',
    command: process.execPath,
    args: [bin, 'rollback', '--no-state', 'www.example.com'],
  },
];

const times = new Map(contestants.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round += 1)
  for (const contestant of contestants) times.get(contestant.name).push(await accepted(contestant));
rmSync(scratch, { recursive: true, force: true });

const medians = new Map([...times].map(([name, all]) => [name, median(all)]));
console.log(
  `from the start of the process to the accepted change, ${rounds} rounds, Node.js ${process.version}, without NODE_EXTRA_CA_CERTS`,
);
for (const [name, all] of times) {
  const [least, most] = [Math.min(...all), Math.max(...all)].map((ms) => ms.toFixed(0));
  console.log(
    `${name.padEnd(52)} median ${medians.get(name).toFixed(0).padStart(4)} ms   ${least} to ${most} ms`,
  );
}
const ratio = medians.get('aws route53 change-resource-record-sets') / medians.get('shiftctl rollback');
console.log(`ratio: ${ratio.toFixed(2)}`);

/** One cold process; resolves with the milliseconds until the server had committed its change. */
async function accepted({ name, command, args, directory: template, state: begun = state, atEndpoint }) {
  const zones = new HostedZones({ serverCount: 1, insyncDelayMs: 0, now: Date.now, random: Math.random });
  zones.createZone({ name: 'example.com', callerReference: 'bench', id: zoneId });
  const standing = begun.image.flatMap(({ records, marker }) => [...records, ...marker]);
  const created = zones.change(
    zoneId,
    standing.map((record) => ({ action: 'CREATE', record: withoutNulls(record) })),
  );
  if (created.kind !== 'accepted') throw new Error(JSON.stringify(created));
  zones.propagateNow();
  const directory = join(scratch, 'state');
  rmSync(directory, { recursive: true, force: true });
  if (template !== undefined) cpSync(template, directory, { recursive: true });
  const server = await startRoute53({ zones, host: '127.0.0.1', port: 0, now: () => performance.now() });
  const started = performance.now();
  const { code, said } = await finished(
    command,
    atEndpoint ? ['--endpoint-url', server.url, ...args] : args,
    server.url,
    directory,
  );
  const change = server.requests.find(({ committed }) => committed !== undefined);
  // Whoever has a journal or a prepared batch knows what stands in the zone.
  if (server.requests.length > 1 && !args.includes('--no-state')) throw new Error(`${name} had to ask first`);
  await server.close();
  if (code !== 0 || change === undefined || !isBack(zones))
    throw new Error(`${name} ended with ${code}: ${said}`);
  return change.atMs - started;
}

function finished(command, args, endpoint, directory) {
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    SHIFT_STATE_DIR: directory,
    AWS_ENDPOINT_URL_ROUTE_53: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
    HEROKU_HOST: endpoint,
    HEROKU_API_KEY: 'lab',
    SHIFT_RESOLVER: '127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.once('error', reject).once('close', (code) => resolve({ code, said }));
  });
}

/** The target gets nothing any more. */
function isBack(zones) {
  const records = zones.records(zoneId).filter(({ name, type }) => name === host && type === 'CNAME');
  return (
    records.length > 0 &&
    records.every(({ setIdentifier, weight }) => setIdentifier !== 'shift-target' || weight === 0)
  );
}

function withoutNulls(record) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function median(all) {
  const sorted = all.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}
