import type { Problem } from '../failure.js';

/** More would scroll the first ones off the screen. */
const maxProblems = 50;

/** From top to bottom, one for each value (the first that was found explains the rest), and not more than a person reads. */
export function inReadingOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  const distinct = problems.filter((problem) => {
    const place = `${problem.location?.line ?? 0}:${problem.location?.column ?? 0} ${problem.where}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
  const sorted = distinct.sort(
    (a, b) =>
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0),
  );
  const [first, ...others] = sorted.slice(maxProblems);
  if (first === undefined) return sorted;
  const rest = { ...first, message: `${others.length + 1} more problems from here on` };
  return [...sorted.slice(0, maxProblems), rest];
}
