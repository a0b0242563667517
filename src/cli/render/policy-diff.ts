import type { Policy } from '../../core/policy/policy.js';
import { policyWords } from './policy-words.js';

/** What changes from one policy to another, a line for each value: `dwell of 25%: 30m -> 2h`. Empty when nothing does. */
export function policyDiff(before: Policy, after: Policy): readonly string[] {
  const old = new Map(policyWords(before));
  const young = new Map(policyWords(after));
  const names = [...new Set([...old.keys(), ...young.keys()])];
  return names.flatMap((name) => {
    const from = old.get(name) ?? 'none';
    const to = young.get(name) ?? 'none';
    return from === to ? [] : [`${name}: ${from} -> ${to}`];
  });
}
