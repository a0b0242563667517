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
  const usable = found.value.filter((zone) => !zone.private && (zoneId === null || zone.id === zoneId));
  const [zone, ...others] = usable.filter(({ name }) => name === usable[0]?.name);
  if (zone !== undefined && others.length === 0) return ok(zone);
  const name = displayName(host);
  const message =
    zone !== undefined
      ? `several public zones contain ${name}: ${[zone, ...others].map(({ id }) => id).join(', ')}`
      : `no public hosted zone of this account${zoneId === null ? '' : ` with the id ${zoneId}`} contains ${name}`;
  const fix = 'check AWS_PROFILE, or name the zone with --zone <id>';
  return err({ reason: 'refused', check: 'zone', message, fix });
}
