/** A line of `differences`: whose it is, `-` or `+`, then `describeRecord`, of which only type and set identifier name the record. */
const differenceLine = /^(?<label>[^:]+): [-+] (?<record>.+?)(?: weight \d+)?(?: \([^)]*\))? -> /;

/** How many records these lines are about: one that was changed stands there twice, as it was and as it is. */
export function countDiffering(differences: readonly string[]): number {
  const records = differences.map((line) => {
    const groups = differenceLine.exec(line)?.groups;
    return groups === undefined ? line : `${groups['label'] ?? ''}: ${groups['record'] ?? ''}`;
  });
  return new Set(records).size;
}
