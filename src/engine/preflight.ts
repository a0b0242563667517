import type { NameServerReading } from '../core/name-server.js';
import { describeEndpoint, type HostPlan, type MigrationPlan } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import { describeRecord } from '../core/record-set.js';
import { formatDuration } from '../core/time.js';
import type { Check } from './check.js';
import type { Clock, Dns, Prober } from './ports.js';
import { probeAll } from './probe-feed.js';
import { sideChecks } from './side-checks.js';

export interface PreflightPorts {
  readonly dns: Dns;
  readonly prober: Prober;
  readonly clock: Clock;
}

/**
 * Everything that can be seen without writing: the zone and its records, that every name server answers from this zone, and that
 * both sides serve the live host name through their own targets. Never throws; a check that could not be made is refused.
 */
export async function preflight(
  ports: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { count, everyMs } = plan.policy.probes.preflight;
  const [readings, reports] = await Promise.all([
    sampleAll(ports, plan, signal),
    probeAll(plan, ports.prober, ports.clock, { count, pauseMs: () => everyMs }, signal),
  ]);
  const now = ports.clock.now();
  return [
    zoneCheck(plan),
    ...plan.hosts.flatMap((host) => [
      recordCheck(plan, host),
      nameServerCheck(plan, host, readings),
      ...sideChecks(plan, host, reports, now),
    ]),
  ];
}

/** True when nothing stands in the way of `start`. */
export function isClear(checks: readonly Check[]): boolean {
  return checks.every((check) => check.verdict !== 'refused');
}

/** A server that missed a question is asked once more: one lost packet is no reason to refuse a start. */
async function sampleAll(
  ports: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<NameServerReading[]> {
  const readings = await Promise.all(
    plan.hosts.map(async ({ host }) => {
      const first = await ports.dns.sample({ nameServers: plan.zone.nameServers, host, count: 3 }, signal);
      const nameServers = first.filter(isSilent).map((reading) => reading.server);
      if (nameServers.length === 0) return first;
      const second = await ports.dns.sample({ nameServers, host, count: 3 }, signal);
      return [...first.filter((reading) => !isSilent(reading)), ...second];
    }),
  );
  return readings.flat();
}

function isSilent(reading: NameServerReading): boolean {
  return reading.failed > 0 || reading.marker === null;
}

function zoneCheck({ zone }: MigrationPlan): Check {
  const fact = `${displayName(zone.name)} is the public zone ${zone.id}, served by ${zone.nameServers.length} name servers`;
  return { name: 'zone', verdict: 'ok', fact, fix: null };
}

function recordCheck(plan: MigrationPlan, { host, source }: HostPlan): Check {
  const records = plan.originals.find((image) => image.host === host)?.records ?? [];
  const described = records.map((record) => describeRecord(record)).join('; ');
  const ttlSeconds = Math.max(0, ...records.map((record) => record.ttl ?? 60));
  const wait = formatDuration(ttlSeconds * 1000 + plan.policy.tailMs);
  const fact = `${displayName(host)} points at the source, ${describeEndpoint(source)}: ${described}; the take-over waits ${wait} for cached answers`;
  return { name: 'records', verdict: 'ok', fact, fix: null };
}

function nameServerCheck(
  plan: MigrationPlan,
  { host }: HostPlan,
  readings: readonly NameServerReading[],
): Check {
  const mine = readings.filter((reading) => reading.host === host);
  const silent = mine.filter(isSilent);
  const name = 'name servers';
  if (mine.length === plan.zone.nameServers.length && silent.length === 0) {
    return {
      name,
      verdict: 'ok',
      fact: `all ${mine.length} name servers answer for ${displayName(host)}`,
      fix: null,
    };
  }
  const who = silent.map((reading) => reading.server).join(', ') || 'some';
  const fact = `${silent.length} of ${plan.zone.nameServers.length} name servers do not answer for ${displayName(host)}: ${who}`;
  return {
    name,
    verdict: 'refused',
    fact,
    fix: 'check that DNS to them (UDP and TCP port 53) is allowed from here, and that the zone is delegated',
  };
}
