import type { ChangeBatch } from './change-batch.js';
import type { RecordImage } from './record-image.js';
import type { Instant } from './time.js';

export type IntentKind =
  | 'take-over'
  | 'stage'
  | 'finalize'
  | 'rollback'
  /** The records that stand there become ours again. */
  | 'adopt'
  /** Back to the records from before the first take-over. */
  | 'restore'
  /** The ended marker goes away. */
  | 'forget'
  /** After completion: the plain record becomes an alias to the target. */
  | 'alias';

/** What is about to be written to DNS, durable before the call is made. */
export interface Intent {
  /** Random; part of the marker it writes, so that the zone itself says whose write it shows. */
  readonly id: string;
  readonly kind: IntentKind;
  /** The marker's generation after this write; one more than the generation before. */
  readonly generation: number;
  /** The target's percentage once this is written. */
  readonly share: number;
  readonly before: RecordImage;
  readonly after: RecordImage;
  readonly batch: ChangeBatch;
  readonly openedAt: Instant;
  /** Who allowed it to go past the next stage, and why; only such a write may. */
  readonly leap?: { readonly by: string; readonly because: string };
}
