/** Below this every millisecond has a cell of its own. */
const exactMs = 16;
const cellsPerOctave = 8;
/** 2^22 ms is 70 minutes, longer than the router lets a request live; the last cell takes whatever is above. */
const octaves = 22 - 4;

/** Cells of every histogram, on a fixed scale so that histograms of any two buckets can be added. */
export const latencyCells: number = exactMs + octaves * cellsPerOctave;

/** The cell of a latency in whole milliseconds; a cell is at most an eighth wider than its lower edge. */
export function latencyCell(ms: number): number {
  if (ms < exactMs) return ms;
  if (ms >= 2 ** 22) return latencyCells - 1;
  const octave = 31 - Math.clz32(ms);
  return exactMs + (octave - 4) * cellsPerOctave + ((ms >> (octave - 3)) & (cellsPerOctave - 1));
}

/** The smallest latency in milliseconds that falls into a cell. */
export function cellStartMs(cell: number): number {
  if (cell < exactMs) return cell;
  const octave = 4 + Math.floor((cell - exactMs) / cellsPerOctave);
  return (cellsPerOctave + ((cell - exactMs) % cellsPerOctave)) * 2 ** (octave - 3);
}

/** How many requests a histogram holds. */
export function latencyCount(cells: ArrayLike<number>): number {
  let count = 0;
  for (let cell = 0; cell < cells.length; cell += 1) count += cells[cell] ?? 0;
  return count;
}

/** How many requests took longer than the cell of `thresholdMs`: the same cut for every histogram it is asked of. */
export function slowerThan(cells: ArrayLike<number>, thresholdMs: number): number {
  let count = 0;
  for (let cell = latencyCell(Math.max(0, Math.floor(thresholdMs))) + 1; cell < cells.length; cell += 1) {
    count += cells[cell] ?? 0;
  }
  return count;
}

/**
 * A latency in milliseconds that at least the share `quantile` (0 to 1) of all requests did not exceed, at most an eighth too
 * high; null when there was no request.
 */
export function latencyQuantileMs(cells: ArrayLike<number>, quantile: number): number | null {
  const rank = Math.max(1, Math.ceil(quantile * latencyCount(cells)));
  let count = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    count += cells[cell] ?? 0;
    if (count >= rank) return cellStartMs(cell + 1) - 1;
  }
  return null;
}
