import { setMaxListeners } from 'node:events';
import type { ProviderFailure } from '../core/failure.js';
import { news } from '../core/metric/side-record.js';
import type { MigrationState } from '../core/migration-state.js';
import type { NameServerReading } from '../core/name-server.js';
import type { ChangeReading, Observation, ZoneReading } from '../core/observation.js';
import type { Settle } from '../core/phase.js';
import type { MigrationPlan } from '../core/plan.js';
import { sourceMoves } from '../core/platform/moved-source.js';
import { sameImage, type RecordImage } from '../core/record-image.js';
import { markerName, type RecordName } from '../core/record-name.js';
import type { RecordSet } from '../core/record-set.js';
import { err, ok, type Result } from '../core/result.js';
import type { Instant } from '../core/time.js';
import { callTimeoutMs, samplesPerServer, type Engine } from './engine.js';
import { signed } from './signed.js';
import { readHealthChecks } from './health-check-readings.js';
import type { Journal } from './journal.js';
import {
  partTimeoutMs,
  partWithin,
  probesTimeoutMs,
  silentCall,
  silentFoundation,
  silentHealthChecks,
  silentPlatforms,
  silentServers,
} from './reading-parts.js';

/**
 * One reading of everything, all parts at the same time, stamped once. A part that fails is a value in it, and so is one that does not
 * answer in time: no adapter that hangs can keep the guard from the other parts. Nothing throws.
 */
export async function observe(engine: Engine, journal: Journal, signal: AbortSignal): Promise<Observation> {
  const { state } = journal;
  const { plan } = state;
  const { policy } = plan;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs(policy.tickEveryMs))]);
  // Every call listens to it, more than Node takes for a leak where several hosts move.
  setMaxListeners(0, deadline);
  const part: Part = (work, otherwise) => partWithin(work, partTimeoutMs(policy), engine.clock, otherwise);
  const now = (): Instant => engine.clock.now();
  const asks = sourceMoves(state, now());
  const [image, change, nameServers, probes, moves, metrics, platforms, foundation, healthChecks, planFiles] =
    await Promise.all([
      part(readImage(engine, plan, deadline), (because) =>
        err(silentCall('ListResourceRecordSets', because)),
      ),
      part(readChange(engine, state, deadline), (because) => unknownChange(silentCall('GetChange', because))),
      readNameServers(engine, plan, deadline, part),
      partWithin(engine.probes.collect(plan, signal), probesTimeoutMs(policy), engine.clock, () => []),
      partWithin(
        engine.probes.collectMoves(plan, asks, signal),
        probesTimeoutMs(policy),
        engine.clock,
        () => [],
      ),
      // Its sources have a limit of their own, one by one.
      engine.metrics.collect(state, signal),
      part(engine.platforms.collect(state, deadline), (because) => silentPlatforms(state, now(), because)),
      part(engine.foundations.collect(state, deadline), () => silentFoundation(state, now())),
      part(readHealthChecks(engine, state, deadline), (because) => silentHealthChecks(state, because)),
      // And so have files.
      engine.planFiles.collect(state),
    ]);
  return {
    at: engine.clock.now(),
    monotonicMs: engine.clock.monotonicMs(),
    bootId: engine.clock.bootId,
    ...heardOffset(engine),
    zone: image.ok ? compare(state, image.value) : { status: 'unknown', failure: image.error },
    change,
    nameServers,
    probes,
    metrics: metrics.map((report) => news(state.records, report)),
    ...(healthChecks.length === 0 ? {} : { healthChecks }),
    ...(platforms.length > 0 && { platforms }),
    ...(moves.length > 0 && { sourceMoves: moves }),
    ...(foundation !== undefined && { foundation }),
    ...(planFiles.length > 0 && { planFiles }),
    nextIntentId: engine.ids.next(),
    journalHead: journal.head,
    ...signed(engine.holder),
  };
}

/** Asked when all answers of this reading have come: a process that begins after a reboot has heard nothing before. */
function heardOffset({ serverTime }: Engine): { readonly serverOffsetMs?: number } {
  const serverOffsetMs = serverTime?.offsetMs() ?? 0;
  return serverOffsetMs === 0 ? {} : { serverOffsetMs };
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

/** What an image of the zone is beside the one that the last receipt left. */
export function compare(state: MigrationState, image: RecordImage): ZoneReading {
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
  if (!status.ok) return unknownChange(status.error);
  return { status: status.value, changeId: settle.changeId };
}

function unknownChange(failure: ProviderFailure): ChangeReading {
  return { status: 'unknown', failure };
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

type Part = <T>(work: Promise<T>, otherwise: (because: string) => T) => Promise<T>;

async function readNameServers(
  engine: Engine,
  plan: MigrationPlan,
  signal: AbortSignal,
  part: Part,
): Promise<readonly NameServerReading[]> {
  const { nameServers } = plan.zone;
  const readings = plan.hosts.map((host) =>
    part(engine.dns.sample({ nameServers, host: host.host, count: samplesPerServer }, signal), () =>
      silentServers(host, nameServers),
    ),
  );
  return (await Promise.all(readings)).flat();
}
