import type { Rule, Verdict, View } from './rule.js';

/** Knows whether and since when the target is worse, and rolls back on the first failure that the metrics show since. Nobody can do better. */
export const oracle: Rule = {
  name: 'oracle',
  start: () => ({ judge }),
};

function judge(view: View): Verdict {
  if (view.faultSince !== null) {
    for (let b = view.minute - 1; b >= view.faultSince; b -= 1) {
      if ((view.targetAt(b)?.e ?? 0) > 0) return 'rollback';
    }
  }
  return view.isDue ? 'promote' : 'hold';
}
