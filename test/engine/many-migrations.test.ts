import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCloudWatch } from '../../src/adapters/cloudwatch/cloudwatch.js';
import type { Event } from '../../src/core/event.js';
import type { HostPlan, MigrationPlan } from '../../src/core/plan.js';
import { hostName, type RecordName } from '../../src/core/record-name.js';
import type { Observation } from '../../src/core/observation.js';
import { instant, type Instant } from '../../src/core/time.js';
import { SourceFeed } from '../../src/engine/metric-feed.js';
import type { Clock } from '../../src/engine/ports.js';
import { answering, CloudWatchServer } from '../adapters/cloudwatch/cloudwatch-server.js';
import { useCanaryCredentials } from '../adapters/route53/aws-environment.js';
import { measured } from './memory-metrics.js';
import { cname, herokuTarget, policyOf, policyText, value, World } from './world.js';

const migrations = 1_000;
const policy = policyOf(
  policyText
    .replace('evidence: probes, ', '')
    .replace('bucketSeconds: 1', 'bucketSeconds: 60')
    .replace('tickEvery: 1s', 'tickEvery: 60s')
    .replace('gapAfter: 10s', 'gapAfter: 3m'),
);

let server: CloudWatchServer;

beforeAll(async () => {
  useCanaryCredentials();
  server = await CloudWatchServer.start();
});

afterAll(() => server[Symbol.asyncDispose]());

/** World time for everything but waiting: answers come over a real socket. */
function socketClock(world: World): Clock {
  const { clock } = world.engine;
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    bootId: clock.bootId,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

/** The same plan for another host, measured by four metrics of its own. */
function planFor(plan: MigrationPlan, host: RecordName, index: number): MigrationPlan {
  const [only] = plan.hosts;
  if (only === undefined) throw new Error('a plan has a host');
  const originals = plan.originals.map((image) => ({
    host,
    records: image.records.map((record) => ({ ...record, name: host })),
    marker: [],
  }));
  const own = measured({ ...plan, policy, id: `m-${index}`, hosts: [{ ...only, host }], originals });
  return { ...own, hosts: own.hosts.map((it) => withBalancers(it, index)) };
}

function withBalancers(host: HostPlan, index: number): HostPlan {
  if (host.metrics === undefined) return host;
  const queries = host.metrics.queries.map((query) =>
    query.spec.source === 'cloudwatch'
      ? { ...query, spec: { ...query.spec, dimensions: { LoadBalancer: `app/${query.side}/${index}` } } }
      : query,
  );
  return { ...host, metrics: { ...host.metrics, queries } };
}

/** A day of the source's past is read once, when a migration is young; these have done that. */
async function beginWithPast(world: World, plan: MigrationPlan, readTo: Instant): Promise<void> {
  value(await world.migrations.begin(plan));
  const { clock, ids } = world.engine;
  const observation: Observation = {
    at: clock.now(),
    monotonicMs: clock.monotonicMs(),
    bootId: clock.bootId,
    zone: { status: 'expected' },
    change: null,
    nameServers: [],
    probes: [],
    metrics: plan.hosts.flatMap(({ host }) =>
      (['source', 'target'] as const).map((side) => ({
        host,
        side,
        status: 'complete',
        buckets: [],
        readTo,
        warnings: [],
      })),
    ),
    nextIntentId: ids.next(),
    journalHead: '',
  };
  const observed: Event = { type: 'observed', at: observation.at, observation };
  const step = { migrationId: plan.id, events: [observed], at: observation.at, live: true };
  value(await world.store.append({ ...step, expectedSequence: 1, epoch: null }));
}

test('one tick of 1,000 migrations with 4 CloudWatch queries each makes 8 GetMetricData calls', async () => {
  const world = new World();
  const clock = socketClock(world);
  const cloudWatch = createCloudWatch({ clock, endpoint: server.endpoint, timeoutMs: 60_000 });
  world.metrics = new SourceFeed({
    source: () => cloudWatch,
    clock,
    timeoutMs: 60_000,
    close: () => Promise.resolve(),
  });
  const newest = (): number => Math.floor(clock.now() / 60_000) * 60 - 60;
  server.react(answering(() => ({ points: [[newest(), 100]] })));
  const plan = await world.plan();
  const hosts = Array.from({ length: migrations }, (_, index) => value(hostName(`h${index}.example.com`)));
  for (let from = 0; from < migrations; from += 500) {
    const some = hosts.slice(from, from + 500);
    world.write(
      some.map((host) => ({ action: 'CREATE', record: cname(host.slice(0, -1), herokuTarget, 5) })),
    );
  }
  for (const [index, host] of hosts.entries())
    await beginWithPast(world, planFor(plan, host, index), instant(newest() * 1000));

  const failures: string[] = [];
  let ticks = 0;
  const controller = world.migrations.controller({
    ticked: () => (ticks += 1),
    skipped: (_id, skipped) => failures.push(skipped.message),
    failed: (_id, error) => failures.push(String(error)),
  });
  await controller.wake(new AbortController().signal);
  await controller.idle();
  expect({ ticks, failures }).toEqual({ ticks: migrations, failures: [] });
  // A connection that a busy machine lets go is opened again, with the same question.
  const asked = new Set(server.seen.map(({ input }) => JSON.stringify(input)));
  expect(asked.size).toBe(8);
  const perCall = server.seen.map(({ input }) => input.MetricDataQueries?.length);
  expect(new Set(perCall)).toEqual(new Set([500]));
  const entry = (await world.journal('m-999')).flatMap(({ event }) =>
    event.type === 'observed' ? [event.observation.metrics] : [],
  )[1];
  expect(entry?.map(({ side, status }) => `${side} ${status}`)).toEqual([
    'source complete',
    'target complete',
  ]);
  expect(entry?.[0]?.readTo).toBeGreaterThan(instant(0));
});
