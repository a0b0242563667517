import { column, displayWidth } from './width.js';

const gap = 2;

/**
 * Rows under their titles, each column as wide as its widest cell. Where that is too wide, columns go in the order of `leavesOut`, and
 * after them the widest cells are cropped; the last column never is. The first row holds the titles.
 */
export function table(
  rows: readonly (readonly string[])[],
  columns: number,
  leavesOut: readonly string[] = [],
): string[] {
  const [titles = []] = rows;
  const kept = titles.map(() => true);
  const widths = titles.map((_title, index) =>
    Math.max(...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const excess = (): number =>
    widths.reduce((sum, wide, index) => sum + (kept[index] === true ? wide + gap : 0), -gap) - columns;
  for (const title of leavesOut) if (excess() > 0) kept[titles.indexOf(title)] = false;
  const last = kept.lastIndexOf(true);
  while (excess() > 0) {
    const wide = widths.map((one, index) => (kept[index] === true && index !== last ? one : 0));
    const widest = wide.indexOf(Math.max(...wide));
    const narrowest = displayWidth(titles[widest] ?? '');
    if ((wide[widest] ?? 0) <= narrowest) break;
    widths[widest] = Math.max(narrowest, (wide[widest] ?? 0) - excess());
  }
  return rows.map((row) =>
    row
      .flatMap((cell, index) => {
        if (kept[index] !== true) return [];
        return [index === last ? cell : column(cell, widths[index] ?? 0) + ' '.repeat(gap)];
      })
      .join('')
      .trimEnd(),
  );
}
