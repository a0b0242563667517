import { adoptIntent, adoptionOf } from '../core/adoption.js';
import type { AliasEnd } from '../core/alias-end.js';
import { aliasIntent, aliasObjection } from '../core/alias-ending.js';
import { forgetIntent, forgetObjection } from '../core/forgetting.js';
import { imageOfHost } from '../core/our-records.js';
import { repairOf } from '../core/repair.js';
import { restoreIntent, restoreObjection } from '../core/restoration.js';
import { err, ok } from '../core/result.js';
import { shareOf } from '../core/share.js';
import type { Instant } from '../core/time.js';
import type { ZoneVerb } from './zone-verb.js';

/** The verbs that need nothing besides the journal and a reading. */
export type ZoneVerbName = 'adopt' | 'repair' | 'restore' | 'forget';

/** What stands in the zone after drift becomes this migration's again; it goes on from there, settling first. */
const adopt: ZoneVerb = (state, found) => {
  const adoption = adoptionOf(state, found);
  if (!adoption.ok) return adoption;
  const { stage, share } = adoption.value;
  const standing = Math.max(
    ...state.plan.hosts.map((host) => shareOf(imageOfHost(found, host).records) ?? 0),
  );
  const lower =
    standing > share
      ? `, the highest stage that no host is below, not at ${Number(standing.toFixed(1))}%`
      : '';
  return ok({
    requested: (at, operator) => [{ type: 'adopt-requested', at, ...operator, stage }],
    intent: (now, origin) => adoptIntent(now, origin, found, adoption.value),
    done: () => [],
    summary: `it goes on at ${share}%${lower}; it settles first, dwell and evidence begin at zero`,
  });
};

/** An edit is undone: the pair as the plan makes it stands again; the migration goes on from there, settling first. */
const repair: ZoneVerb = (state, found) => {
  const repaired = repairOf(state, found);
  if (!repaired.ok) return repaired;
  const { stage, share } = repaired.value;
  const lower = share < state.share ? `, not at ${state.share}%, because less stands there now` : '';
  return ok({
    requested: (at, operator) => [{ type: 'adopt-requested', at, ...operator, stage, isRepair: true }],
    intent: (now, origin) => adoptIntent(now, origin, found, repaired.value),
    done: () => [],
    summary: `our own records stand again, and it goes on at ${share}%${lower}; it settles first, dwell and evidence begin at zero`,
  });
};

/** Back to exactly the records from before the first take-over; the end of a migration. */
const restore: ZoneVerb = (state, found) => {
  const objection = restoreObjection(state, found);
  if (objection !== null) return err(objection);
  return ok({
    requested: (at, operator) => [{ type: 'restore-requested', at, ...operator }],
    intent: (now, origin) => restoreIntent(now, origin, found),
    done: () => [],
    summary: 'the records from before the first take-over are put back, exactly, all at once',
  });
};

/** Removes the marker of a migration that ended a week ago, and touches nothing else. */
const forget: ZoneVerb = (state, found, now) => {
  const objection = forgetObjection(state, found, now, utc);
  if (objection !== null) return err(objection);
  return ok({
    requested: (at, operator) => [{ type: 'forget-requested', at, ...operator }],
    intent: (current, origin) => forgetIntent(current, origin, found),
    done: (at) => [{ type: 'forgotten', at }],
    summary: 'the marker is removed; a rollback then needs --no-state --to <dns name of the old side>',
  });
};

export const zoneVerbs: Readonly<Record<ZoneVerbName, ZoneVerb>> = {
  adopt,
  repair,
  restore,
  forget,
};

/** The plain record of a completed migration becomes an alias to its target. */
export function finalizeAsAlias(ends: readonly AliasEnd[]): ZoneVerb {
  return (state, found) => {
    const objection = aliasObjection(state, found);
    if (objection !== null) return err(objection);
    const isPlain = found.some(({ records }) => records.some(({ alias }) => alias === null));
    return ok({
      requested: () => [],
      intent: (now, origin) => aliasIntent(now, origin, found, ends),
      done: () => [],
      summary: isPlain
        ? 'the plain record becomes an alias to the same target; traffic stays where it is'
        : 'an alias to the target stands already; traffic stays where it is',
    });
  };
}

function utc(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
