import type { Certificate } from '../../src/core/certificate.js';
import type { ChangeBatch } from '../../src/core/change-batch.js';
import type { Event, JournalEntry } from '../../src/core/event.js';
import type { ProviderFailure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { isLive } from '../../src/core/phase.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import { parsePolicy } from '../../src/core/policy/parse-policy.js';
import type { Policy } from '../../src/core/policy/policy.js';
import type { SideSpec } from '../../src/core/policy/side-spec.js';
import type { ProbeOutcome, SideName } from '../../src/core/probe.js';
import { hostName, recordName, type RecordName } from '../../src/core/record-name.js';
import { err, ok, type Result } from '../../src/core/result.js';
import { instant } from '../../src/core/time.js';
import type { Engine } from '../../src/engine/engine.js';
import { Migrations } from '../../src/engine/migrations.js';
import type { Operator } from '../../src/engine/operator.js';
import { planMigration, type MigrationRequest } from '../../src/engine/plan-migration.js';
import type { BreakGlass, Clock, Dns, HerokuApi, Store, ZoneApi } from '../../src/engine/ports.js';
import type { FoundationFeed } from '../../src/engine/foundation-feed.js';
import { noMetrics, type MetricFeed } from '../../src/engine/metric-feed.js';
import { noPlanFiles, type PlanFileFeed } from '../../src/engine/plan-file-feed.js';
import type { PlatformFeed } from '../../src/engine/platform-feed.js';
import type { ProbeFeed } from '../../src/engine/probe-feed.js';
import type { TickOutcome } from '../../src/engine/tick.js';
import { HealthChecks } from '../../src/lab/health-checks/health-checks.js';
import { Telling } from '../../src/engine/telling.js';
import { HostedZones } from '../../src/lab/zone/hosted-zones.js';
import { MemoryDns } from '../adapters/dns/memory-dns.js';
import { MemoryHealthCheckApi } from '../adapters/route53/memory-health-check-api.js';
import { MemoryInspection } from '../adapters/route53/memory-inspection.js';
import { MemoryZoneApi } from '../adapters/route53/memory-zone-api.js';
import { MemoryNotifier } from './memory-notifier.js';
import { MemoryStore } from '../store/memory-store.js';
import { FaultyStore } from './faulty-store.js';

export const herokuTarget = 'sleepy-otter-0a1b2c.herokudns.com.';
export const albTarget = 'my-alb-1.eu-west-1.elb.amazonaws.com.';
export const www: RecordName = value(hostName('www.example.com'));
export const operator: Operator = { by: 'ann', because: 'a test' };

const nameServers = ['ns-1.lab', 'ns-2.lab', 'ns-3.lab', 'ns-4.lab'];

export function value<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}

/** Stages 10/25/50/100 with short times; the same gate as in production. */
export const policyText = `
lab: true
stages: [10, 25, 50, 100]
ttl: 2s
tail: 1s
dwell: 6s
bake: 10s
tickEvery: 1s
gapAfter: 10s
bucketSeconds: 1
settleDelay: 1s
probes: { every: 500ms, timeout: 1s, failed: 3 of 6, preflight: { count: 2, every: 100ms } }
gate: { evidence: probes, maxHold: 30s }
`;

export function policyOf(text: string): Policy {
  return value(parsePolicy(text, 'test.yaml'));
}

type Health = ProbeOutcome['result'] | 'silent';

/** What the next calls to Route 53 do instead of working. */
export interface ZoneFaults {
  /** Calls that fail before anything happens. */
  failChange: ProviderFailure | null;
  /** Fails only the batches that name this. */
  failOnly?: string;
  /** The change is made, but its reply is lost. */
  dropReply: number;
  /** The request is still under way when its deadline comes; `landLate` lets it arrive. */
  holdRequest: boolean;
  failRead: ProviderFailure | null;
  failStatus: ProviderFailure | null;
  /** Route 53 says PENDING of every change, although its name servers have it. */
  isPending: boolean;
}

/** Everything that a tick asks of the outside and that may end it, for crash tests. */
export type Call = 'append' | 'change' | 'records' | 'break-glass';

/** The engine in virtual time over the lab's zone model: every part but the network is the real one. */
export class World {
  now = 1_700_000_000_000;
  monotonic = 5_000;
  bootId = 'boot-1';
  readonly zones: HostedZones;
  readonly zoneId: string = 'Z1EXAMPLE';
  readonly healthChecks: HealthChecks;
  readonly healthCheckApi: MemoryHealthCheckApi;
  readonly store: MemoryStore = new MemoryStore();
  readonly storeFaults: { writes: 'ok' | 'reject' | 'hang' } = { writes: 'ok' };
  readonly faults: ZoneFaults = {
    failChange: null,
    dropReply: 0,
    holdRequest: false,
    failRead: null,
    failStatus: null,
    isPending: false,
  };
  readonly health: Record<SideName, Health> = { source: 'ok', target: 'ok' };
  /** What the probes of each side are shown, where a test cares. */
  readonly certificates: Partial<Record<SideName, { certificate: Certificate }>> = {};
  /** Overrides `health` for one side of one host, under `host side`. */
  readonly healthOf: Map<string, Health> = new Map();
  /** What names that a source may have moved to answer when they are asked, twice each; silence for what is missing. */
  readonly movedTo: Map<string, readonly Health[]> = new Map();
  /** Probes alone judge unless a test brings metrics. */
  metrics: MetricFeed = noMetrics;
  /** The platforms say nothing unless a test brings some that do. */
  platforms: PlatformFeed = { collect: () => Promise.resolve([]) };
  /** Nobody looks at zone, delegation and permissions unless a test does. */
  foundations: FoundationFeed = { collect: () => Promise.resolve(undefined) };
  /** Nobody looks at the files of a plan unless a test does. */
  planFiles: PlanFileFeed = noPlanFiles;
  /** Questions to each name server: fewer than over the wire, because here every answer takes its time. */
  samples = 5;
  /** Name servers that do not answer. */
  readonly silent: Set<string> = new Set();
  /** Every call to change the zone, whatever became of it. */
  readonly requests: ChangeBatch[] = [];
  /** Those that Route 53 made. */
  readonly batches: ChangeBatch[] = [];
  readonly late: ChangeBatch[] = [];
  readonly files: { drain: ChangeBatch; collapse: ChangeBatch }[] = [];
  readonly warnings: string[] = [];
  /** Whoever is told in this world. */
  readonly notifier: MemoryNotifier = new MemoryNotifier();
  readonly events: Event[] = [];
  readonly inspection: MemoryInspection;
  readonly engine: Engine;
  readonly migrations: Migrations;
  /** Called before every call, and again after those that change something; throws to end the process there. */
  onCall: (call: Call, when: 'before' | 'after') => unknown = () => undefined;
  /** Holders whose process is known to be gone. */
  readonly gone: Set<string> = new Set();
  private ids = 0;
  private readonly api: MemoryZoneApi;

  constructor(records: readonly object[] = [cname('www.example.com', herokuTarget, 5)]) {
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    // Amazon's clock is not this machine's: it goes on evenly when ours jumps.
    const now = (): number => 1_700_000_000_000 + this.monotonic;
    this.zones = new HostedZones({ serverCount: 4, insyncDelayMs: 1_000, now, random });
    this.zones.createZone({ name: 'example.com', callerReference: 'a', id: this.zoneId, nameServers });
    if (records.length > 0) this.write(records.map((record) => ({ action: 'CREATE', record })));
    this.zones.propagateNow();
    this.api = new MemoryZoneApi(this.zones);
    this.inspection = new MemoryInspection(this.zones);
    this.healthChecks = new HealthChecks(this.zones, random);
    this.healthCheckApi = new MemoryHealthCheckApi(this.healthChecks);
    this.engine = this.engineOf('host/boot-1/1');
    this.migrations = new Migrations(this.engine);
  }

  /** A second controller over the same store and zone, or over its own store. */
  engineOf(holder: string, store: Store = this.store): Engine {
    return {
      store: this.faultyStore(store),
      zones: this.zoneApi(),
      healthChecks: this.healthCheckApi,
      dns: this.dns(),
      probes: this.probeFeed(),
      metrics: {
        prepare: (states, signal) => this.metrics.prepare(states, signal),
        collect: (state, signal) => this.metrics.collect(state, signal),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      platforms: { collect: (state, signal) => this.platforms.collect(state, signal) },
      foundations: { collect: (state, signal) => this.foundations.collect(state, signal) },
      planFiles: { collect: (state) => this.planFiles.collect(state) },
      breakGlass: this.breakGlass(),
      clock: this.clock(),
      ids: { next: () => `id${String((this.ids += 1)).padStart(14, '0')}` },
      holder: { name: holder, isGone: (other) => this.gone.has(other) },
      log: { warn: (line) => this.warnings.push(line) },
      telling: this.telling(store),
      objection: () => null,
    };
  }

  async plan(change: Partial<MigrationRequest> = {}): Promise<MigrationPlan> {
    return value(await this.tryPlan(change));
  }

  tryPlan(change: Partial<MigrationRequest> = {}): ReturnType<typeof planMigration> {
    const request: MigrationRequest = {
      hosts: [move(www)],
      policy: change.policy ?? policyOf(policyText),
      by: 'ann',
      zoneId: null,
      sourceEndpoint: null,
      ...change,
    };
    const { zones, dns, clock, ids } = this.engine;
    const { inspection } = this;
    const balancers = (): Promise<never> => Promise.reject(new Error('no CloudWatch here'));
    const ports = { zones, inspection, dns, clock, ids, balancers, heroku: () => Promise.resolve(herokuApi) };
    return planMigration(ports, request, AbortSignal.timeout(5_000));
  }

  async start(change: Partial<MigrationRequest> = {}): Promise<MigrationState> {
    return value(await this.migrations.begin(await this.plan(change)));
  }

  /** Starts and ticks until the pair is observed at this share; -1 as share means planned only. */
  async startedAt(share: number, change: Partial<MigrationRequest> = {}): Promise<string> {
    const { plan } = await this.start(change);
    if (share >= 0)
      await this.runUntil(plan.id, (state) => state.phase.phase === 'observing' && state.share === share);
    return plan.id;
  }

  /** One tick of the first migration, then time passes. */
  async tick(id: string, afterMs = 1_000): Promise<TickOutcome> {
    const outcome = value(await this.migrations.tickOnce(id, new AbortController().signal));
    this.events.push(...outcome.events);
    this.pass(afterMs);
    return outcome;
  }

  async ticks(id: string, count: number): Promise<MigrationState> {
    let { state } = await this.tick(id);
    for (let ticked = 1; ticked < count; ticked += 1) ({ state } = await this.tick(id));
    return state;
  }

  /** Ticks until the condition holds or the migration has ended. */
  async runUntil(
    id: string,
    done: (state: MigrationState) => boolean,
    maxTicks = 300,
  ): Promise<MigrationState> {
    for (let ticks = 0; ticks < maxTicks; ticks += 1) {
      const { state } = await this.tick(id);
      if (done(state) || !isLive(state.phase)) return state;
    }
    throw new Error(`not reached in ${maxTicks} ticks: ${JSON.stringify((await this.state(id)).phase)}`);
  }

  runToEnd(id: string): Promise<MigrationState> {
    return this.runUntil(id, () => false);
  }

  async rollBack(id: string): Promise<MigrationState> {
    return value(await this.migrations.rollBack(id, operator, new AbortController().signal));
  }

  async state(id: string): Promise<MigrationState> {
    return (await this.tick(id, 0)).state;
  }

  /** The whole journal as it is stored. */
  async journal(id: string): Promise<readonly JournalEntry[]> {
    return this.store.read(id, 0);
  }

  pass(ms: number): void {
    this.now += ms;
    this.monotonic += ms;
  }

  /** What stands at a name, as `TYPE id weight value ttl`. */
  standing(name: string): string[] {
    const all = this.zones.records(this.zoneId) ?? [];
    const here = all.filter((record) => record.name === name);
    return here.map((record) => {
      const { type, setIdentifier, weight, values, alias, ttl } = record;
      const parts = [type, setIdentifier, weight, alias?.dnsName ?? values?.join(), ttl];
      return parts.filter((part) => part !== undefined).join(' ');
    });
  }

  /** Changes the zone as a colleague would, in the console. */
  write(changes: readonly { action: string; record: object }[]): void {
    const outcome = this.zones.change(this.zoneId, changes as Parameters<HostedZones['change']>[1]);
    if (outcome.kind === 'refused') throw new Error(JSON.stringify(outcome));
  }

  /** Applies a break-glass file, or any batch, as the AWS CLI would. False when Route 53 refuses it. */
  async apply(batch: ChangeBatch): Promise<boolean> {
    return (await this.api.change(this.zoneId, batch, 1_000, new AbortController().signal)).ok;
  }

  /** The requests that were held back arrive now, in order. Says which of them Route 53 took. */
  async landLate(): Promise<boolean[]> {
    const landed: boolean[] = [];
    for (const batch of this.late.splice(0)) landed.push(await this.apply(batch));
    return landed;
  }

  private telling(store: Store): Telling {
    const log = { warn: (line: string): unknown => this.warnings.push(line) };
    return new Telling({ store: this.faultyStore(store), clock: this.clock(), log, notifier: this.notifier });
  }

  private faultyStore(store: Store): Store {
    return new FaultyStore(store, this.storeFaults, (when) => this.onCall('append', when));
  }

  private zoneApi(): ZoneApi {
    const { faults } = this;
    return {
      zonesFor: (host, signal) => this.api.zonesFor(host, signal),
      changeStatus: (id, signal) => {
        if (faults.failStatus !== null) return Promise.resolve(err(faults.failStatus));
        return faults.isPending ? Promise.resolve(ok('PENDING')) : this.api.changeStatus(id, signal);
      },
      records: async (zoneId, names, signal) => {
        await this.onCall('records', 'before');
        return faults.failRead === null ? this.api.records(zoneId, names, signal) : err(faults.failRead);
      },
      change: async (zoneId, batch, timeoutMs, signal) => {
        await this.onCall('change', 'before');
        this.requests.push(batch);
        const isHit = batch.changes.some(({ record }) => record.name === (faults.failOnly ?? record.name));
        if (faults.failChange !== null && isHit) return err(faults.failChange);
        if (faults.holdRequest) {
          this.late.push(batch);
          return err(providerFailure('timeout'));
        }
        const result = await this.api.change(zoneId, batch, timeoutMs, signal);
        if (result.ok) this.batches.push(batch);
        await this.onCall('change', 'after');
        if (faults.dropReply === 0 || !result.ok) return result;
        faults.dropReply -= 1;
        return err(providerFailure('timeout'));
      },
    };
  }

  private dns(): Dns {
    const random = (): number => Math.abs(Math.sin(this.now + (this.ids += 1)));
    const dns = new MemoryDns({
      zones: this.zones,
      nameServers,
      random,
      isHealthy: this.healthChecks.isHealthy,
    });
    return {
      addresses: (name, signal) => dns.addresses(name, signal),
      sample: async (question, signal) => {
        const readings = await dns.sample({ ...question, count: this.samples }, signal);
        const { host } = question;
        return readings.map((reading) =>
          this.silent.has(reading.server)
            ? { server: reading.server, host, answers: {}, other: 0, failed: this.samples, marker: null }
            : reading,
        );
      },
    };
  }

  private probeFeed(): ProbeFeed {
    return {
      collectMoves: (_plan, moves) =>
        Promise.resolve(
          moves.map(({ host, to }) => {
            const asked = this.movedTo.get(to) ?? ['silent'];
            return {
              host,
              side: 'source',
              dnsName: to,
              outcomes: asked.flatMap((one) => this.outcomes(one)),
            };
          }),
        ),
      collect: (plan) =>
        Promise.resolve(
          plan.hosts.flatMap(({ host }) =>
            (['source', 'target'] as const).map((side) => ({
              host,
              side,
              outcomes: this.outcomes(this.healthOf.get(`${host} ${side}`) ?? this.health[side]),
              ...this.certificates[side],
            })),
          ),
        ),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  private outcomes(result: Health): ProbeOutcome[] {
    if (result === 'silent') return [];
    const because = result === 'ok' ? '200 in 5 ms' : '503, expected 200';
    return [500, 0].map((ago) => ({
      at: instant(this.now - ago),
      result,
      because,
      status: 200,
      latencyMs: 5,
      certificateEndsAt: null,
    }));
  }

  private breakGlass(): BreakGlass {
    return {
      write: async ({ drain, collapse }) => {
        await this.onCall('break-glass', 'before');
        if (this.storeFaults.writes === 'hang') await new Promise(() => undefined);
        if (this.storeFaults.writes === 'reject') throw new Error('ENOSPC: no space left on device');
        this.files.push({ drain, collapse });
      },
    };
  }

  private clock(): Clock {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the boot id is read when it is asked for
    const world = this;
    return {
      now: () => instant(this.now),
      monotonicMs: () => this.monotonic,
      get bootId() {
        return world.bootId;
      },
      sleep: async (ms, signal) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (!signal.aborted) this.pass(ms);
      },
    };
  }
}

/** A host that moves from the Heroku app to the load balancer. */
export function move(host: RecordName): MigrationRequest['hosts'][number] {
  const from: SideSpec = { platform: 'heroku', app: 'my-app' };
  const to: SideSpec = { platform: 'aws', dnsName: value(recordName(albTarget)) };
  return { host, from, to };
}

const herokuApi: HerokuApi = {
  domain: (app, host) =>
    Promise.resolve(
      app === 'my-app'
        ? ok({ app, hostname: host, cname: herokuTarget.slice(0, -1) })
        : err({
            ...providerFailure('not-found'),
            provider: 'heroku',
            message: `the app ${app} does not exist`,
          }),
    ),
  facts: () => Promise.resolve(err({ ...providerFailure('unavailable'), provider: 'heroku' })),
};

export function providerFailure(reason: ProviderFailure['reason']): ProviderFailure {
  return {
    reason,
    provider: 'route53',
    operation: 'ChangeResourceRecordSets',
    message: `it is ${reason}`,
    details: [],
  };
}

export function cname(name: string, target: string, ttl: number): object {
  return { name, type: 'CNAME', ttl, values: [target] };
}

/** One member of the pair as it stands, for a colleague's hand. */
export function member(side: SideName, weight: number, ttl = 2, name: string = www): object {
  const target = side === 'source' ? herokuTarget : albTarget;
  return { name, type: 'CNAME', setIdentifier: `shift-${side}`, weight, ttl, values: [target] };
}
