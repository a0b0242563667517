import { readMarker, type Marker } from './marker.js';
import type { HostPlan, RollbackPlan } from './plan.js';
import { displayName, type RecordName } from './record-name.js';
import type { HostImage, RecordImage } from './record-image.js';
import { describeRecord, withFinalDot } from './record-set.js';
import { err, ok, type Result } from './result.js';
import { pairMembers } from './share.js';
import { aliasTarget } from './standing-records.js';

/** The TTL of a rollback when neither a pair nor a marker says which was used. */
const fallbackTtlSeconds = 60;

/** The hosts that move together according to the markers found, the one asked for among them. */
export function hostsOfMarkers(host: RecordName, image: RecordImage): readonly RecordName[] {
  const named = image.flatMap((found) => readMarker(found.marker)?.hosts ?? []);
  return [...new Set([host, ...named])];
}

/** The highest generation among the markers, and the migration they name; null without any. */
export function newestMarker(image: RecordImage): Marker | null {
  const markers = image.map((found) => readMarker(found.marker)).filter((marker) => marker !== null);
  return markers.toSorted((a, b) => b.generation - a.generation)[0] ?? null;
}

/**
 * What a rollback needs to know, read from the zone alone: the source is what our source member points at, else `to`. The error
 * names a host whose source nothing tells any more.
 */
export function planFromZone(image: RecordImage, to: string | null): Result<RollbackPlan, string> {
  const hosts: HostPlan[] = [];
  for (const found of image) {
    const host = hostFromZone(found, to);
    if (host === null) {
      const name = displayName(found.host);
      const stands = found.records.map((record) => describeRecord(record)).join('; ') || 'nothing';
      return err(`the zone does not tell the old side of ${name} any more; there stands ${stands}`);
    }
    hosts.push(host);
  }
  const ttlSeconds = image.flatMap((found) => pairTtl(found))[0] ?? fallbackTtlSeconds;
  return ok({
    id: newestMarker(image)?.migrationId ?? 'no-state',
    hosts,
    originals: [],
    policy: { ttlSeconds },
  });
}

function hostFromZone(found: HostImage, to: string | null): HostPlan | null {
  const members = pairMembers(found.records);
  const [only] = found.records;
  const plain = found.records.length === 1 && only?.type === 'CNAME' ? only.values[0] : null;
  const source = to ?? members.source?.values[0];
  if (source === undefined) return null;
  const target = members.target?.values[0] ?? plain ?? aliasTarget(found.records) ?? '';
  return {
    host: found.host,
    source: { platform: 'aws', dnsName: withFinalDot(source) },
    target: { platform: 'aws', dnsName: withFinalDot(target) },
  };
}

function pairTtl(found: HostImage): number[] {
  const { source, target } = pairMembers(found.records);
  return [source?.ttl, target?.ttl, found.marker[0]?.ttl].filter((ttl) => ttl != null);
}
