import type { MigrationState } from '../core/migration-state.js';

/** What follows a write that ended a halt: a pause from before is still in force. */
export function goesOn({ pause }: Pick<MigrationState, 'pause'>): string {
  return pause === null ? 'it goes on with every tick' : 'it is still paused, go on with: shiftctl resume';
}
