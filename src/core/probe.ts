import type { RecordName } from './record-name.js';
import type { Instant } from './time.js';

/** Which end of the migration: `source` is left, `target` is moved to. */
export type SideName = 'source' | 'target';

/** What one health probe of one side found. Only what the side itself did counts as `failed`; trouble of our own is `unknown`. */
export interface ProbeOutcome {
  readonly at: Instant;
  readonly result: 'ok' | 'failed' | 'unknown';
  /** One sentence, free of control characters: `200 in 12 ms`, `503, expected 200`, `no answer within 1s`. */
  readonly because: string;
  readonly status: number | null;
  readonly latencyMs: number | null;
  /** When the presented certificate ends, where one was seen. */
  readonly certificateEndsAt: Instant | null;
}

/** All outcomes of one side of one host since the tick before, oldest first. */
export interface ProbeReport {
  readonly host: RecordName;
  readonly side: SideName;
  readonly outcomes: readonly ProbeOutcome[];
}
