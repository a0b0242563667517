import type { Failure } from '../core/failure.js';
import { newestMarker, planFromZone } from '../core/plan-from-zone.js';
import type { HostPlan, RollbackPlan } from '../core/plan.js';
import type { RecordImage } from '../core/record-image.js';
import { displayName, type RecordName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import { rollbackHost } from '../core/rollback.js';
import type { Clock, Ids, Log, ZoneApi } from './ports.js';
import { readZoneGroup } from './zone-group.js';

/** What an operator knows when the journal is gone. */
export interface StatelessRequest {
  readonly host: RecordName;
  /** The old side's DNS name, when neither the pair nor a marker is left to tell it. */
  readonly to: string | null;
  /** Leaves the other hosts of the group alone. */
  readonly only: boolean;
  readonly zoneId: string | null;
}

export interface StatelessPorts {
  readonly zones: ZoneApi;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What was done to each host, for the person who asked. */
export interface StatelessOutcome {
  readonly written: readonly string[];
  readonly untouched: readonly string[];
}

const callTimeoutMs = 10_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * A rollback from the zone and its markers alone: no journal, no policy, no lease. Does not give up while Route 53 cannot be
 * reached; only the signal ends it. It goes over any marker, because a person asked for it.
 */
export async function rollBackWithoutState(
  ports: StatelessPorts,
  request: StatelessRequest,
  signal: AbortSignal,
): Promise<Result<StatelessOutcome, Failure>> {
  const lostRaces = new Map<RecordName, number>();
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const outcome = await attempt(ports, request, lostRaces);
    if (outcome.ok) return outcome;
    const isFinal = outcome.error.reason !== 'provider' || outcome.error.failure.reason === 'denied';
    if (isFinal || signal.aborted) return outcome;
    ports.log.warn(`rollback: ${outcome.error.failure.message}; trying again in ${pauseMs / 1000} s`);
    await ports.clock.sleep(pauseMs, signal);
  }
}

async function attempt(
  ports: StatelessPorts,
  request: StatelessRequest,
  lostRaces: Map<RecordName, number>,
): Promise<Result<StatelessOutcome, Failure>> {
  const group = await readZoneGroup(ports, request);
  if (!group.ok) return group;
  const { zone, image } = group.value;
  const plan = planFromZone(image, request.to);
  if (!plan.ok)
    return err({
      reason: 'refused',
      check: 'zone',
      message: plan.error,
      fix: 'if what stands there is the old side, it is back already; if not, add --to <dns name of the old side>',
    });
  const outcome = { written: [] as string[], untouched: [] as string[] };
  const denied: string[] = [];
  let refusal: Failure | null = null;
  for (const host of plan.value.hosts) {
    const written = await writeHost(ports, zone.id, { plan: plan.value, host, image }, lostRaces);
    if (!written.ok) {
      const { error } = written;
      const reason = error.reason === 'provider' ? error.failure.reason : null;
      if (reason !== 'denied' && reason !== 'conflict') return written;
      // What cannot be done for this host is done for the others all the same; a lost race is tried again.
      if (reason === 'conflict' || refusal === null) refusal = error;
      if (reason === 'denied' && error.reason === 'provider')
        denied.push(`${displayName(host.host)} was not put back: ${error.failure.message}`);
      continue;
    }
    if (written.value !== null) outcome[written.value.kind].push(written.value.text);
  }
  const isLost = refusal?.reason === 'provider' && refusal.failure.reason === 'conflict';
  if (refusal !== null && (isLost || outcome.written.length === 0)) return err(refusal);
  return ok({ ...outcome, untouched: [...outcome.untouched, ...denied] });
}

async function writeHost(
  { zones, ids, clock }: StatelessPorts,
  zoneId: string,
  { plan, host, image }: { plan: RollbackPlan; host: HostPlan; image: RecordImage },
  lostRaces: Map<RecordName, number>,
): Promise<Result<{ kind: keyof StatelessOutcome; text: string } | null, Failure>> {
  const found = image.find((candidate) => candidate.host === host.host) ?? {
    host: host.host,
    records: [],
    marker: [],
  };
  const generation = (newestMarker(image)?.generation ?? 0) + 1;
  const seed = { generation, intentId: ids.next(), head: '', due: clock.now() };
  const lost = lostRaces.get(host.host) ?? 0;
  const step = rollbackHost(plan, host, found, { lostRaces: lost, hasWritten: true }, seed);
  const name = displayName(host.host);
  if (step.kind === 'done') return ok({ kind: 'written', text: `${name} already points at the old side` });
  if (step.kind === 'untouched') return ok({ kind: 'untouched', text: step.alarm });
  const result = await zones.change(zoneId, step.batch, callTimeoutMs, AbortSignal.timeout(callTimeoutMs));
  if (!result.ok) {
    if (result.error.reason === 'conflict') lostRaces.set(host.host, lost + 1);
    return err({ reason: 'provider', failure: result.error, changed: 'nothing is known to have changed' });
  }
  return ok({
    kind: 'written',
    text: step.alarm ?? `${name} points at ${displayName(host.source.dnsName)} again`,
  });
}
