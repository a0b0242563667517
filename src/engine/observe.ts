import type { ProviderFailure } from '../core/failure.js';
import { news } from '../core/metric/side-record.js';
import type { MigrationState } from '../core/migration-state.js';
import type { NameServerReading } from '../core/name-server.js';
import type { ChangeReading, Observation, ZoneReading } from '../core/observation.js';
import type { Settle } from '../core/phase.js';
import type { MigrationPlan } from '../core/plan.js';
import { sameImage, type RecordImage } from '../core/record-image.js';
import { markerName, type RecordName } from '../core/record-name.js';
import type { RecordSet } from '../core/record-set.js';
import { ok, type Result } from '../core/result.js';
import { callTimeoutMs, samplesPerServer, type Engine } from './engine.js';
import { readHealthChecks } from './health-check-readings.js';
import type { Journal } from './journal.js';

/** One reading of everything, all parts at the same time, stamped once. A part that fails is a value in it; nothing throws. */
export async function observe(engine: Engine, journal: Journal, signal: AbortSignal): Promise<Observation> {
  const { state } = journal;
  const { plan } = state;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs(plan.policy.tickEveryMs))]);
  const [image, change, nameServers, probes, metrics, platforms, foundation, healthChecks, planFiles] =
    await Promise.all([
      readImage(engine, plan, deadline),
      readChange(engine, state, deadline),
      readNameServers(engine, plan, deadline),
      engine.probes.collect(plan, signal),
      engine.metrics.collect(state, signal),
      engine.platforms.collect(state, deadline),
      engine.foundations.collect(state, deadline),
      readHealthChecks(engine, state, deadline),
      engine.planFiles.collect(state),
    ]);
  return {
    at: engine.clock.now(),
    monotonicMs: engine.clock.monotonicMs(),
    bootId: engine.clock.bootId,
    zone: image.ok ? compare(state, image.value) : { status: 'unknown', failure: image.error },
    change,
    nameServers,
    probes,
    metrics: metrics.map((report) => news(state.records, report)),
    ...(healthChecks.length === 0 ? {} : { healthChecks }),
    ...(platforms.length > 0 && { platforms }),
    ...(foundation !== undefined && { foundation }),
    ...(planFiles.length > 0 && { planFiles }),
    nextIntentId: engine.ids.next(),
    journalHead: journal.head,
  };
}

/** What a reading needs of a plan. */
interface ImagePlan {
  readonly zone: { readonly id: string };
  readonly hosts: readonly { readonly host: RecordName }[];
}

/** Records and markers of all hosts as they stand in the zone. */
export async function readImage(
  engine: Pick<Engine, 'zones'>,
  plan: ImagePlan,
  signal: AbortSignal,
): Promise<Result<RecordImage, ProviderFailure>> {
  const names = plan.hosts.flatMap((host) => [host.host, markerName(host.host)]);
  const records = await engine.zones.records(plan.zone.id, names, signal);
  if (!records.ok) return records;
  const at = (name: string): RecordSet[] => records.value.filter((record) => record.name === name);
  return ok(plan.hosts.map(({ host }) => ({ host, records: at(host), marker: at(markerName(host)) })));
}

function compare(state: MigrationState, image: RecordImage): ZoneReading {
  return sameImage(image, state.image) ? { status: 'expected' } : { status: 'image', image };
}

async function readChange(
  engine: Engine,
  state: MigrationState,
  signal: AbortSignal,
): Promise<ChangeReading | null> {
  const settle = openSettle(state);
  if (settle?.changeId == null || settle.insyncAt !== null) return null;
  const status = await engine.zones.changeStatus(settle.changeId, signal);
  if (!status.ok) return { status: 'unknown', failure: status.error };
  return { status: status.value, changeId: settle.changeId };
}

function openSettle(state: MigrationState): Settle | null {
  const { phase } = state;
  return phase.phase === 'settling' ||
    phase.phase === 'finalizing' ||
    phase.phase === 'draining' ||
    phase.phase === 'restoring'
    ? phase.settle
    : null;
}

async function readNameServers(
  engine: Engine,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly NameServerReading[]> {
  const { nameServers } = plan.zone;
  const readings = plan.hosts.map(({ host }) =>
    engine.dns.sample({ nameServers, host, count: samplesPerServer }, signal),
  );
  return (await Promise.all(readings)).flat();
}
