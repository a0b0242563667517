import type { Random } from '../random.js';
import type { LabRecord } from '../zone/record.js';

/** Whether the data plane takes this health check for healthy. */
export type HealthView = (healthCheckId: string) => boolean;

/** For a world without health checks. */
export const everythingHealthy: HealthView = () => true;

/**
 * The one record set that answers a query, out of the members of one name and type; undefined when there is none.
 *
 * A weighted member is drawn with probability weight / sum; weight 0 is never drawn unless every weight is 0, which
 * makes all equally likely (Route 53 Developer Guide, "Weighted routing"). Other routing policies are never drawn.
 *
 * Only healthy members are drawn, and one without a health check always is. When no member with a weight is healthy, those of
 * weight 0 are; when none at all is, every member counts as healthy (Developer Guide, "How Amazon Route 53 chooses records when
 * health checking is configured").
 */
export function drawMember(
  members: readonly LabRecord[],
  random: Random,
  isHealthy: HealthView = everythingHealthy,
): LabRecord | undefined {
  const candidates = members.filter((member) => member.otherRouting === undefined);
  const simple = candidates.find((member) => member.weight === undefined);
  if (simple !== undefined || candidates.length === 0) return simple;
  const healthy = candidates.filter(
    ({ healthCheckId }) => healthCheckId === undefined || isHealthy(healthCheckId),
  );
  return drawByWeight(healthy.length === 0 ? candidates : healthy, random);
}

/** Among members of weight 0 alone, each is as likely as the other. */
function drawByWeight(candidates: readonly LabRecord[], random: Random): LabRecord | undefined {
  const total = candidates.reduce((sum, member) => sum + (member.weight ?? 0), 0);
  if (total === 0) return candidates[Math.floor(random() * candidates.length)];
  let left = random() * total;
  return candidates.find((member) => {
    left -= member.weight ?? 0;
    return left < 0;
  });
}
