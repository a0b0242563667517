import type { MigrationState } from '../core/migration-state.js';
import { sourceWatchIsDue } from '../core/platform/source-watch.js';
import type { Instant } from '../core/time.js';
import type { MigrationRow } from './ports.js';

/** Half of the pause between two looks at a source, so that none of them is much too late. */
const lookEveryMs = 1_800_000;
/** The newest; reading a long journal takes its time, and a process that ticks once reads each of them. */
const maxEnded = 8;

/** Finds what has ended and still needs a tick: a source to be watched, or health checks that nobody has deleted. */
export class EndedWatch {
  readonly #lookAtMs = new Map<string, number>();

  /** Those whose journals are to be looked at now, each of them once in half an hour. */
  candidates(rows: readonly MigrationRow[], nowMs: number): ReadonlySet<string> {
    const ended = rows.filter((row) => !row.live).slice(0, maxEnded);
    const due = ended.filter(({ id }) => (this.#lookAtMs.get(id) ?? -Infinity) <= nowMs);
    for (const { id } of due) this.#lookAtMs.set(id, nowMs + lookEveryMs);
    return new Set(due.map(({ id }) => id));
  }
}

/** Whether a migration that has ended still has something to do. */
export function isUnfinished(
  state: MigrationState,
  row: MigrationRow,
  rows: readonly MigrationRow[],
  now: Instant,
): boolean {
  return isLeftOver(state) || (sourceWatchIsDue(state, now) && !isSuperseded(row, rows));
}

/** Health checks are deleted piece by piece, tick after tick, whereas one look at a source is enough. */
export function isLeftOver({ healthChecks }: MigrationState): boolean {
  return healthChecks.length > 0;
}

/** Whether a newer migration has one of its hosts, so that a rollback of this one leads nowhere it should. */
function isSuperseded(row: MigrationRow, rows: readonly MigrationRow[]): boolean {
  return rows.some(
    (other) =>
      other.id !== row.id &&
      other.createdAt > row.createdAt &&
      other.hosts.some((host) => row.hosts.includes(host)),
  );
}
