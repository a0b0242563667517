import type { NameServerReading } from '../../core/name-server.js';
import type { HostPlan, MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import type { Check } from '../check.js';
import type { Dns } from '../ports.js';
import type { Look } from './look.js';

/** That every name server of the zone answers from here, because settling asks each of them. */
export const lookAtNameServers: Look = async ({ dns }, plan, signal) =>
  Promise.all(plan.hosts.map(async (host) => checkOf(plan, host, await sample(dns, plan, host, signal))));

/** A server that missed a question is asked once more: one lost packet is no reason to refuse a start. */
async function sample(
  dns: Dns,
  { zone }: MigrationPlan,
  { host }: HostPlan,
  signal: AbortSignal,
): Promise<readonly NameServerReading[]> {
  const first = await dns.sample({ nameServers: zone.nameServers, host, count: 3 }, signal);
  const nameServers = first.filter(isSilent).map((reading) => reading.server);
  if (nameServers.length === 0) return first;
  const second = await dns.sample({ nameServers, host, count: 3 }, signal);
  return [...first.filter((reading) => !isSilent(reading)), ...second];
}

function isSilent(reading: NameServerReading): boolean {
  return reading.failed > 0 || reading.marker === null;
}

function checkOf(plan: MigrationPlan, { host }: HostPlan, readings: readonly NameServerReading[]): Check {
  const silent = readings.filter(isSilent);
  const name = 'name servers';
  const all = plan.zone.nameServers.length;
  if (readings.length === all && silent.length === 0) {
    const fact = `all ${all} name servers answer for ${displayName(host)}`;
    return { name, verdict: 'ok', fact, fix: null };
  }
  const who = silent.map((reading) => reading.server).join(', ') || 'some';
  const fact = `${silent.length} of ${all} name servers do not answer for ${displayName(host)}: ${who}`;
  const fix =
    'check that DNS to them (UDP and TCP port 53) is allowed from here, and that the zone is delegated';
  return { name, verdict: 'refused', fact, fix };
}
