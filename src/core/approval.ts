import type { AliasEnd } from './alias-end.js';
import type { Policy } from './policy/policy.js';
import { millis, plus, type Instant, type Millis } from './time.js';

/** How long a person's word can be used where the policy does not say. */
export const defaultApproveWithinMs: Millis = millis(24 * 3_600_000);

/** When a word given at `at` is too old to be used: what its giver saw is not what stands there any more. */
export function wordExpiresAt(policy: Policy, at: Instant): Instant {
  return plus(at, policy.approveWithinMs ?? defaultApproveWithinMs);
}

/** A person's word to end the dwell of a stage, or with `override` to leave it whatever its gate lacks. Used once. */
export interface Promotion {
  readonly at: Instant;
  readonly by: string;
  readonly because: string;
  /** The stage that may be left. */
  readonly stage: number;
  /** The share to go to; above the next stage only while the source fails and the target does not. */
  readonly to: number;
  readonly override: boolean;
  readonly expiresAt: Instant;
  /** What the last records name, where a person ends the bake on an alias; one for each host. */
  readonly aliasEnds?: readonly AliasEnd[];
  /** What it leaves is the bake of the last stage: no share is above it, the plain record to the target comes next. */
  readonly endsBake?: true;
}
