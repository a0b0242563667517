import { readMarker } from './marker.js';
import type { HostImage } from './record-image.js';
import { displayName } from './record-name.js';
import { describeRecord, withFinalDot, type RecordSet } from './record-set.js';
import { err, ok, type Result } from './result.js';
import { pairMembers, shareOf } from './share.js';

/** What a take-over finds at a host: how the records point at the source now. */
export interface StandingRecords {
  /** What the records point at: the value that becomes the source member. */
  readonly dnsName: string;
  /** What a weighted set made by hand points at besides, with weight 0. */
  readonly idle: readonly string[];
  /** For people: `CNAME -> x.herokudns.com. (ttl 300s)`. */
  readonly description: string;
}

export interface StandingProblem {
  readonly message: string;
  readonly fix: string;
}

/**
 * Recognises the records a take-over can handle: one simple CNAME, an alias A with or without its AAAA, the weighted pair of
 * a former migration that has ended with everything at its source, or one or two weighted CNAMEs made by hand of which one has all
 * the weight. Everything else is refused by name and never deleted.
 */
export function standingRecords(found: HostImage): Result<StandingRecords, StandingProblem> {
  const host = displayName(found.host);
  const description = found.records.map((record) => describeRecord(record)).join('; ');
  const marker = readMarker(found.marker);
  if (found.marker.length > 0 && marker === null) {
    return problem(
      `_shift.${host} holds something that is not a marker of this program`,
      `look at it and remove it if nobody needs it`,
    );
  }
  if (marker?.state === 'live') {
    return problem(
      `migration ${marker.migrationId} is live on ${host} (generation ${marker.generation})`,
      `end it first: shiftctl rollback ${host}`,
    );
  }
  if (found.records.length === 0) {
    return problem(
      `nothing stands at ${host} in this zone`,
      `create its CNAME to the source first, or check the zone`,
    );
  }
  const share = shareOf(found.records);
  if (share !== null && share > 0) {
    return problem(
      `the old pair at ${host} still gives ${share}% to ${displayName(pairMembers(found.records).target?.values[0] ?? '')}, so a take-over would move traffic`,
      `give all weight to one side first: shiftctl rollback ${host}`,
    );
  }
  const members = isPair(found.records) ? null : handMade(found.records);
  if (members !== null && members.weighted.length > 1) {
    return problem(
      `the weighted records at ${host} share the traffic, so a take-over would move some: ${description}`,
      'give all weight to the side that it shall start from, and 0 to the other',
    );
  }
  const dnsName =
    simpleCname(found.records) ??
    aliasTarget(found.records) ??
    pairSource(found.records) ??
    members?.weighted[0] ??
    null;
  if (dnsName === null) {
    const fix =
      'a migration starts from one simple CNAME, an alias A with or without AAAA, or a weighted pair with all weight on one side; remove or move what stands beside it';
    return problem(`the records at ${host} cannot be taken over: ${description}`, fix);
  }
  return ok({ dnsName, idle: members?.idle ?? [], description });
}

function problem(message: string, fix: string): { readonly ok: false; readonly error: StandingProblem } {
  return err({ message, fix });
}

function isPlain(record: RecordSet): boolean {
  return record.setIdentifier === null && record.foreignRouting === null && record.healthCheckId === null;
}

function simpleCname(records: readonly RecordSet[]): string | null {
  const [only, ...others] = records;
  if (only?.type !== 'CNAME' || others.length > 0 || !isPlain(only) || only.alias !== null) return null;
  return withFinalDot(only.values[0] ?? '');
}

/** An alias A, with or without an AAAA that points at the same name; Route 53's `dualstack.` prefix is not part of the name. */
export function aliasTarget(records: readonly RecordSet[]): string | null {
  const types = records
    .map((record) => record.type)
    .sort()
    .join(' ');
  if (
    (types !== 'A' && types !== 'A AAAA') ||
    !records.every((record) => isPlain(record) && record.alias !== null)
  )
    return null;
  const names = new Set(records.map((record) => bareAliasName(record.alias?.dnsName ?? '')));
  const [name, ...others] = names;
  return others.length > 0 ? null : (name ?? null);
}

/** The load balancer's own name: the API returns aliases to it with `dualstack.` in front (Elastic Load Balancing guide, "Routing traffic"). */
export function bareAliasName(dnsName: string): string {
  return withFinalDot(dnsName).replace(/^dualstack\./, '');
}

/**
 * Where one or two weighted CNAMEs point, those with weight and those without; null when the records are anything else. Two members of one
 * target count once.
 */
function handMade(
  records: readonly RecordSet[],
): { readonly weighted: readonly string[]; readonly idle: readonly string[] } | null {
  const isMember = ({ type, alias, weight, healthCheckId, foreignRouting }: RecordSet): boolean =>
    type === 'CNAME' &&
    alias === null &&
    weight !== null &&
    healthCheckId === null &&
    foreignRouting === null;
  if (records.length > 2 || !records.every(isMember)) return null;
  const targets = (some: readonly RecordSet[]): readonly string[] => [
    ...new Set(some.map(({ values }) => withFinalDot(values[0] ?? ''))),
  ];
  return {
    weighted: targets(records.filter(({ weight }) => (weight ?? 0) > 0)),
    idle: targets(records.filter(({ weight }) => weight === 0)),
  };
}

function isPair(records: readonly RecordSet[]): boolean {
  return shareOf(records) !== null && records.every((record) => record.healthCheckId === null);
}

function pairSource(records: readonly RecordSet[]): string | null {
  return isPair(records) ? withFinalDot(pairMembers(records).source?.values[0] ?? '') : null;
}
