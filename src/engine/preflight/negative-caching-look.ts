import { negativeTtlSeconds } from '../../core/negative-caching.js';
import { formatDuration } from '../../core/time.js';
import { passed, unseen, warned, type Look } from './look.js';

/** More than this hurts when a name is missing for a moment: nobody should have to wait longer than a coffee. */
const longSeconds = 3_600;

/** How long "there is no such record" may be remembered. */
export const lookAtNegativeCaching: Look = async ({ zones }, { zone }, signal) => {
  const apex = await zones.records(zone.id, [zone.name], signal);
  const name = 'negative cache';
  if (!apex.ok) return [unseen(name, 'the SOA record', apex.error)];
  const seconds = negativeTtlSeconds(apex.value);
  if (seconds === null) return [warned(name, 'the zone has no SOA record that can be read', null)];
  const fact = `resolvers remember for ${formatDuration(seconds * 1000)} that a name or type does not exist`;
  if (seconds <= longSeconds) return [passed(name, fact)];
  return [
    warned(
      name,
      `${fact}: a record that vanishes even for a moment is gone for that long`,
      "lower the TTL of the zone's SOA record to 900",
    ),
  ];
};
