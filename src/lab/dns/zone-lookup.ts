import { parentName } from '../zone/name.js';
import type { LabRecord, ServedZone } from '../zone/record.js';

/** Finds the zone that answers for a name in zone form; undefined outside all zones. */
export type ZoneLookup = (name: string) => ServedZone | undefined;

/**
 * The record sets that answer for a name: its own, those of the wildcard of its closest ancestor when the name does not
 * exist (RFC 4592), none for an empty non-terminal; undefined when the name does not exist at all (NXDOMAIN).
 */
export function recordSetsFor(zone: ServedZone, name: string): readonly LabRecord[] | undefined {
  if (zone.exists(name)) return zone.at(name);
  const ancestor = ancestorsBelow(zone.apex, name).find((each) => zone.exists(each));
  const wildcard = zone.at(`\\052.${ancestor ?? zone.apex}`);
  return wildcard.length > 0 ? wildcard : undefined;
}

/** The NS set of the delegation at or above the name and below the apex, or undefined when the zone itself answers. */
export function delegationOf(zone: ServedZone, name: string): LabRecord | undefined {
  return ancestorsBelow(zone.apex, name)
    .map((each) => zone.at(each).find(({ type }) => type === 'NS'))
    .findLast((cut) => cut !== undefined);
}

/** The name and its ancestors up to but without the apex, the name first. */
function ancestorsBelow(apex: string, name: string): readonly string[] {
  const names: string[] = [];
  for (let at: string | undefined = name; at !== undefined && at !== apex; at = parentName(at))
    names.push(at);
  return names;
}
