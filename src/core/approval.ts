import type { Policy } from './policy/policy.js';
import { millis, plus, type Instant, type Millis } from './time.js';

/** How long a person's word can be used where the policy does not say. */
export const defaultApproveWithinMs: Millis = millis(24 * 3_600_000);

/** When a word given at `at` is too old to be used: what its giver saw is not what stands there any more. */
export function wordExpiresAt(policy: Policy, at: Instant): Instant {
  return plus(at, policy.approveWithinMs ?? defaultApproveWithinMs);
}
