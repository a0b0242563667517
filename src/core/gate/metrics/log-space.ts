/** `ln(exp(a) + exp(b))`; minus infinity is the logarithm of nothing. */
export function logAddExp(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** `ln` of the mean of `exp(values)`; minus infinity when there is none. */
export function logMeanExp(values: Float64Array): number {
  let total = -Infinity;
  for (const value of values) total = logAddExp(total, value);
  return total === -Infinity ? total : total - Math.log(values.length);
}

/** A logarithm as JSON can carry it: null stands for minus infinity, which is no evidence at all. */
export function finiteOrNull(ln: number): number | null {
  return ln === -Infinity ? null : ln;
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
