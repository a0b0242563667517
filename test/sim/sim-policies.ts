import type { Policy } from '../../src/core/policy/policy.js';
import { policyOf, policyText } from '../engine/world.js';

export const stages: readonly number[] = [10, 50, 100];
export const dwellMs: number = 1_000;
const quick = policyText
  .replace('[10, 25, 50, 100]', JSON.stringify(stages))
  .replace('dwell: 6s', 'dwell: 1s')
  .replace('bake: 10s', 'bake: 1s')
  .replace('ttl: 2s', 'ttl: 1s')
  .replace('tail: 1s', 'tail: 0s')
  .replace('failed: 3 of 6', 'failed: 2 of 4')
  .replace('maxHold: 30s', 'maxHold: 6s');

/** What a run may be played with. */
export const policies: readonly { readonly policy: Policy; readonly approvedByHand: readonly number[] }[] = [
  { policy: policyOf(quick), approvedByHand: [] },
  {
    policy: policyOf(
      quick.replace('10, 50', '10, 50').replace('maxHold: 6s', 'maxHold: 6s, onAsk: rollback'),
    ),
    approvedByHand: [],
  },
  {
    policy: policyOf(quick.replace('[10,50,100]', '[10, {share: 50, approve: true}, 100]')),
    approvedByHand: [50],
  },
];
