import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decide } from '../../../src/core/decide.js';
import type { Event } from '../../../src/core/event.js';
import type { Counts } from '../../../src/core/gate/metrics/bucket.js';
import { rollbackIntent } from '../../../src/core/intent-factory.js';
import { apply, begin } from '../../../src/core/migration.js';
import type { MetricReport } from '../../../src/core/metric/metric-report.js';
import type { MigrationState } from '../../../src/core/migration-state.js';
import type { NameServerReading } from '../../../src/core/name-server.js';
import type { Observation, ZoneReading } from '../../../src/core/observation.js';
import type { HostPlan, MigrationPlan } from '../../../src/core/plan.js';
import { parsePolicy } from '../../../src/core/policy/parse-policy.js';
import type { Policy } from '../../../src/core/policy/policy.js';
import type { ProbeOutcome, ProbeReport, SideName } from '../../../src/core/probe.js';
import type { RecordImage } from '../../../src/core/record-image.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { plainCname } from '../../../src/core/record-set.js';
import { statusOf, type Status } from '../../../src/core/status.js';
import { instant, plus, type Instant } from '../../../src/core/time.js';

/** Views spell times in the time zone of the computer; the tests are in this one. */
process.env['TZ'] = 'UTC';

export const startedAt: Instant = instant(Date.UTC(2026, 10, 20, 18, 42, 0));

const acceptedAfterMs = 300;

export function builtInPolicy(name: string): Policy {
  const file = resolve(import.meta.dirname, `../../../policies/${name}.yaml`);
  const parsed = parsePolicy(readFileSync(file, 'utf8'), file);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

export function hostPlan(host: string, app = 'shop', balancer = 'shop-alb-1234567890'): HostPlan {
  return {
    host: `${host}.` as RecordName,
    source: { platform: 'heroku', app, dnsName: `whispering-willow-1.herokudns.com.` },
    target: { platform: 'aws', dnsName: `${balancer}.eu-west-1.elb.amazonaws.com.` },
  };
}

export function planOf(hosts: readonly HostPlan[], policy: Policy): MigrationPlan {
  const nameServers = [7, 519, 1033, 1540].map((number) => `ns-${number}.awsdns-01.example.`);
  return {
    id: 'www-shop-test-7c1f0a',
    createdAt: startedAt,
    by: 'alice',
    zone: { id: 'Z0PLUMTREE', name: 'shop.test.' as RecordName, nameServers },
    hosts,
    policy,
    originals: hosts.map(({ host, source }) => ({
      host,
      records: [plainCname(host, source.dnsName, 5)],
      marker: [],
    })),
  };
}

/** What every probe of a side finds. */
export type Answer = Pick<ProbeOutcome, 'result' | 'because'>;

const healthy: Answer = { result: 'ok', because: '200 in 12 ms' };

/** What the outside is like while a journey goes on; each part can be made to fail. */
export interface World {
  readonly zone?: ZoneReading;
  readonly target?: Answer;
  readonly source?: Answer;
  /** What users did on each side in the second that has just ended, at this share, for hosts whose plan has metrics. */
  readonly users?: (share: number) => Readonly<Record<SideName, Counts>>;
}

/**
 * A migration that really happens, event by event through the core, in virtual time: one tick a second, each write accepted
 * 0.3 s after it is opened, INSYNC and on all name servers with the next tick but one.
 */
export class Journey {
  state: MigrationState;
  now: Instant;
  readonly events: Event[] = [];

  constructor(
    hosts: readonly HostPlan[] = [hostPlan('www.shop.test')],
    policy: Policy = builtInPolicy('lab'),
  ) {
    const planned: Event = { type: 'migration-planned', at: startedAt, plan: planOf(hosts, policy) };
    this.events.push(planned);
    this.state = begin(planned);
    this.now = startedAt;
  }

  add(event: Event): this {
    this.events.push(event);
    this.state = apply(this.state, event);
    return this;
  }

  tick(world: World = {}): this {
    this.now = plus(this.now, 1000);
    this.add({ type: 'observed', at: this.now, observation: observation(this.state, this.now, world) });
    for (const event of decide(this.state)) this.add(event);
    return this.accept();
  }

  /** The write that is open is in the zone. */
  accept(): this {
    const intent = this.state.openIntent;
    if (intent === null) return this;
    const at = plus(this.now, acceptedAfterMs);
    const changeId = `C0${intent.generation}PEARTREE`;
    return this.add({ type: 'change-accepted', at, intentId: intent.id, changeId, how: 'reply' });
  }

  until(isThere: (state: MigrationState) => boolean, world: World = {}): this {
    for (let ticks = 0; !isThere(this.state); ticks += 1) {
      if (ticks > 500) throw new Error(`never there: ${this.state.phase.phase} at ${this.state.share}%`);
      this.tick(world);
      if (this.state.phase.phase === 'rolling-back') this.writeRollback();
    }
    return this;
  }

  status(laterMs = 400): Status {
    return statusOf(this.state, plus(this.now, laterMs));
  }

  private writeRollback(): void {
    const origin = { at: this.now, nextIntentId: `intent-${this.events.length}`, journalHead: 'f00d' };
    const intent = rollbackIntent(this.state, origin);
    this.add({ type: 'intent-opened', at: this.now, intent, because: 'first try, from the last receipt' });
    this.accept();
    this.add({ type: 'rollback-written', at: plus(this.now, acceptedAfterMs), untouched: [] });
  }
}

export function isObserving(share: number): (state: MigrationState) => boolean {
  return ({ phase, share: set }) => phase.phase === 'observing' && set === share;
}

function observation(state: MigrationState, at: Instant, world: World): Observation {
  const { phase, plan } = state;
  const settle = 'settle' in phase ? phase.settle : null;
  const isThere = settle === null || at - settle.acceptedAt > 1000;
  const changeId = settle?.insyncAt === null ? settle.changeId : null;
  return {
    at,
    monotonicMs: at - startedAt,
    bootId: 'boot',
    zone: world.zone ?? { status: 'expected' },
    change: changeId === null ? null : { status: isThere ? 'INSYNC' : 'PENDING', changeId },
    nameServers: plan.hosts.flatMap((host) => readings(state, host, isThere)),
    metrics: world.users === undefined ? [] : measuredIn(plan, at, world.users(state.share)),
    probes: plan.hosts.flatMap(({ host }) => [
      report(host, 'source', at, world.source ?? healthy),
      report(host, 'target', at, world.target ?? healthy),
    ]),
    nextIntentId: `intent-${(at - startedAt) / 1000}`,
    journalHead: 'f00d',
  };
}

/** A bucket of each balancer; our own probes are not among its requests. */
function measuredIn({ hosts }: MigrationPlan, at: Instant, users: Record<SideName, Counts>): MetricReport[] {
  return hosts
    .filter(({ metrics }) => metrics !== undefined)
    .flatMap(({ host }) =>
      (['source', 'target'] as const).map((side): MetricReport => {
        const buckets = [
          { at: plus(at, -1000), requests: users[side], slow: null, latency: null, gauges: {} },
        ];
        return { host, side, status: 'complete', buckets, readTo: at, warnings: [] };
      }),
    );
}

/** Every name server near the set share, none exactly at it. */
function readings(state: MigrationState, plan: HostPlan, isThere: boolean): NameServerReading[] {
  return state.plan.zone.nameServers.map((server, index) => {
    const drift = state.share === 0 || state.share === 100 ? 0 : [1, 0, -1, 2][index % 4]!;
    const target = Math.round(state.share / 4) + drift;
    const answers = { [plan.source.dnsName]: 25 - target, [plan.target.dnsName]: target };
    return {
      server,
      host: plan.host,
      answers,
      other: 0,
      failed: 0,
      marker: isThere ? markerOf(state.image, plan) : 'old',
    };
  });
}

function markerOf(image: RecordImage, plan: HostPlan): string {
  const value = image.find(({ host }) => host === plan.host)?.marker[0]?.values[0];
  return value?.replaceAll('"', '') ?? 'none';
}

function report(host: RecordName, side: SideName, at: Instant, answer: Answer): ProbeReport {
  const outcome = (age: number): ProbeOutcome => ({
    at: plus(at, -age),
    ...answer,
    status: null,
    latencyMs: 12,
    certificateEndsAt: null,
  });
  return { host, side, outcomes: [outcome(700), outcome(200)] };
}
