import type { Random } from '../random.js';
import type { LabRecord } from '../zone/record.js';

/**
 * The one record set that answers a query, out of the members of one name and type; undefined when there is none.
 *
 * A weighted member is drawn with probability weight / sum; weight 0 is never drawn unless every weight is 0, which
 * makes all equally likely (Route 53 Developer Guide, "Weighted routing"). Other routing policies are never drawn.
 */
export function drawMember(members: readonly LabRecord[], random: Random): LabRecord | undefined {
  const candidates = members.filter((member) => member.otherRouting === undefined);
  const simple = candidates.find((member) => member.weight === undefined);
  if (simple !== undefined || candidates.length === 0) return simple;
  const total = candidates.reduce((sum, member) => sum + (member.weight ?? 0), 0);
  if (total === 0) return candidates[Math.floor(random() * candidates.length)];
  let left = random() * total;
  return candidates.find((member) => {
    left -= member.weight ?? 0;
    return left < 0;
  });
}
