import { nextOpening } from '../../core/calendar.js';
import { formatLocal } from '../../core/local-time.js';
import type { MigrationState } from '../../core/migration-state.js';
import { instant } from '../../core/time.js';

/** What happens with a person's word to go on: when it is used, what else it waits for, and until when it can be. */
export function advanceWords({ plan, approval, promotion }: MigrationState, isOverride: boolean): string {
  if (isOverride) return 'the next tick leaves this stage, once, unless the guard objects';
  const { calendar } = plan.policy;
  const word = promotion ?? approval;
  const said = word?.at ?? instant(0);
  const opens = calendar === undefined ? said : nextOpening(calendar, said);
  if (calendar === undefined || opens === said)
    return 'the next tick that finds the gate, the zone and the calendar agreeing leaves this stage, once';
  if (opens === null)
    return 'but the calendar of the policy does not open again: --override "<why>", or replan';
  const until = `it is used when the calendar opens, ${formatLocal(calendar.timeZone, opens)}`;
  const isTooLate = word !== null && opens >= word.expiresAt;
  return isTooLate
    ? `${until}, but expires before, ${formatLocal(calendar.timeZone, word.expiresAt)}: say it again by then`
    : until;
}
