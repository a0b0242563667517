/** A share in percent as a row of cells. Only 0 is empty and only 100 is full, so that the first and the last percent show. */
export function bar(share: number, cells: number): string {
  const rounded = Math.round((share / 100) * cells);
  const filled =
    share <= 0 ? 0 : share >= 100 ? cells : Math.min(Math.max(rounded, 1), Math.max(cells - 1, 1));
  return '█'.repeat(filled) + '░'.repeat(cells - filled);
}
