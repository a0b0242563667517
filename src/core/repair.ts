import { objectionToGoingOn, stageAtMost, type Adoption } from './adoption.js';
import type { Failure } from './failure.js';
import type { MigrationState } from './migration-state.js';
import { foreignRecords, imageOfHost } from './our-records.js';
import type { RecordImage } from './record-image.js';
import { err, ok, type Result } from './result.js';
import { shareOf } from './share.js';

/**
 * Where a migration goes on when a person wants an edit undone: the pair as the plan makes it, at the stage that was accepted last, or
 * lower where less stands, because a repair moves nobody forward. What may be replaced is what a rollback or `restore` may replace: our members at
 * any weight or TTL, a plain record or an alias to one of our sides, the originals, nothing at all. Anything else is refused by name.
 */
export function repairOf(state: MigrationState, found: RecordImage): Result<Adoption, Failure> {
  const { plan } = state;
  const objection = objectionToGoingOn(state, found, 'repaired');
  if (objection !== null) return err(objection);
  const shares: number[] = [];
  for (const host of plan.hosts) {
    const standing = imageOfHost(found, host);
    const foreign = foreignRecords(plan, host, standing);
    if (foreign !== null) return err(foreign);
    // Where no whole pair stands nobody can say what users got last.
    shares.push(shareOf(standing.records) ?? 0);
  }
  return ok(stageAtMost(plan.policy, Math.min(state.share, ...shares)));
}
