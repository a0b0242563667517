/** The one of `known` that a person most likely meant by `typed`, or undefined when none is near. */
export function nearMiss(typed: string, known: readonly string[]): string | undefined {
  const wanted = fold(typed);
  if (wanted.length > longestCompared) return undefined;
  let best: string | undefined;
  let bestDistance = wanted.length < 5 ? 2 : 3;
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const meant = nearMiss(typed, known);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** Keys are short; anything longer is no slip of the finger. */
const longestCompared = 40;

/** `tick_every` and `tick-every` are spellings of `tickEvery`. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[_\s-]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const steps = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      ];
      if (swapped) steps.push((beforePrevious[column - 2] ?? 0) + 1);
      current.push(Math.min(...steps));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
