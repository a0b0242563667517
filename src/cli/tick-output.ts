import type { Event } from '../core/event.js';
import type { Status } from '../core/status.js';

/** The shape of `tick -o json`; the number grows when a field changes its meaning or goes away. */
export const tickVersion: number = 1;

/** What `tick -o json` prints, once every migration has had its step. */
export interface TickOutput {
  readonly version: number;
  /** In the order in which their steps ended. */
  readonly migrations: readonly TickedMigration[];
}

export interface TickedMigration {
  readonly id: string;
  readonly host: string;
  /** Why nothing was done, or null when the step was taken. */
  readonly skipped: string | null;
  /** What went wrong in the step, or null. */
  readonly failed: string | null;
  /** What happened in this step; empty where none was taken. */
  readonly events: readonly Event[];
  /** After the step; null where none was taken. */
  readonly status: Status | null;
}
