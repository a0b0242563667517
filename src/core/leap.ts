import { judge } from './gate/judge.js';
import type { MigrationState } from './migration-state.js';
import type { Instant } from './time.js';

/** True while every target passes its probes and a source fails: then the stages in between only cost users. */
export function isLeapNeeded(state: MigrationState, now: Instant): boolean {
  const { evidence } = judge(state, null, now);
  const targets = evidence.filter(({ side }) => side === 'target');
  const isSourceFailing = evidence.some(({ side, health }) => side === 'source' && health === 'failing');
  return isSourceFailing && targets.every(({ health }) => health === 'passing');
}
