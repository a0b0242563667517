import type { Failure } from '../core/failure.js';
import { displayName, type RecordName } from '../core/record-name.js';
import { err, ok, type Result } from '../core/result.js';
import type { HostedZone, ZoneApi } from './ports.js';

/**
 * The public hosted zone with the longest name that contains the host, or the one with this id. Reads only; a refusal names what
 * was seen and what to type.
 */
export async function publicZone(
  zones: Pick<ZoneApi, 'zonesFor'>,
  host: RecordName,
  zoneId: string | null,
  signal: AbortSignal,
): Promise<Result<HostedZone, Failure>> {
  const found = await zones.zonesFor(host, signal);
  if (!found.ok) return err({ reason: 'provider', failure: found.error, changed: 'nothing was changed' });
  const open = found.value.filter((zone) => !zone.private);
  const longest = open[0]?.name;
  const candidates = open.filter((zone) => (zoneId === null ? zone.name === longest : zone.id === zoneId));
  const [zone, ...others] = candidates;
  if (zone === undefined) {
    const hint = found.value.length > open.length ? ' (only private ones, which serve no public name)' : '';
    const message =
      zoneId === null
        ? `no public hosted zone of this account contains ${displayName(host)}${hint}`
        : `zone ${zoneId} is not a public zone of this account that contains ${displayName(host)}`;
    const fix =
      'use credentials of the account that holds the zone (AWS_PROFILE), check the name, or name the zone with --zone <id>';
    return err({ reason: 'refused', check: 'zone', message, fix });
  }
  if (others.length === 0) return ok(zone);
  const ids = candidates.map(({ id }) => id).join(', ');
  const message = `several public zones are called ${displayName(zone.name)}: ${ids}`;
  return err({ reason: 'refused', check: 'zone', message, fix: 'name the delegated one with --zone <id>' });
}
