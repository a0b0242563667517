import type { Failure } from '../core/failure.js';
import type { MigrationState } from '../core/migration-state.js';
import { unreachable } from '../core/result.js';

/** The exit codes of every verb; documented in the README and in `--help`. */
export const exitCode: Readonly<Record<ExitReason, number>> = {
  done: 0,
  internal: 1,
  invalidInput: 2,
  refused: 3,
  rolledBack: 4,
  waitsForPerson: 5,
  conflict: 6,
  providerUnavailable: 7,
  interrupted: 8,
};

type ExitReason =
  | 'done'
  | 'internal'
  | 'invalidInput'
  | 'refused'
  | 'rolledBack'
  | 'waitsForPerson'
  | 'conflict'
  | 'providerUnavailable'
  | 'interrupted';

export function exitCodeOfFailure(failure: Failure): number {
  switch (failure.reason) {
    case 'invalid-input':
      return exitCode.invalidInput;
    case 'refused':
      return exitCode.refused;
    case 'conflict':
      return exitCode.conflict;
    case 'provider':
      return failure.failure.reason === 'denied' ? exitCode.refused : exitCode.providerUnavailable;
    default:
      return unreachable(failure);
  }
}

/** What `start --watch`, `demo`, and `tick` and `status` with `--exit-code` say about a migration. */
export function exitCodeOfState({ phase }: MigrationState): number {
  switch (phase.phase) {
    case 'rolled-back':
      return exitCode.rolledBack;
    case 'waiting':
      return exitCode.waitsForPerson;
    case 'halted':
      return exitCode.conflict;
    case 'planned':
    case 'taking-over':
    case 'settling':
    case 'shifting':
    case 'observing':
    case 'finalizing':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'adopting':
    case 'restoring':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return exitCode.done;
    default:
      return unreachable(phase);
  }
}
