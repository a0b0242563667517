import { assert } from '../../result.js';
import type { GateAction, GateDecision } from './gate-decision.js';

/** The decision of a whole group and the host whose decision it is. */
export interface GroupDecision<Host> {
  readonly action: GateAction;
  readonly host: Host;
  readonly decision: GateDecision;
}

const order: readonly GateAction[] = ['rollback', 'ask', 'hold', 'promote'];

/**
 * One decision for hosts that move together: any host rolls the group back, all must allow a promotion. Each host has its own
 * evidence; that any of several may be unlucky is paid for in the threshold (`GateParameters.hosts`), not here.
 */
export function decideGroup<Host>(
  hosts: readonly { readonly host: Host; readonly decision: GateDecision }[],
): GroupDecision<Host> {
  const rank = ({ decision }: { decision: GateDecision }): number => order.indexOf(decision.action);
  const worst = hosts.toSorted((a, b) => rank(a) - rank(b))[0];
  assert(worst !== undefined, 'a group has at least one host');
  return { action: worst.decision.action, ...worst };
}
