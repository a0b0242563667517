/** Up to here the product of the steps is exact enough and fits a double for every start up to 1e30. */
const directSteps = 8;

/**
 * `ln(start * (start + 1) * ... * (start + steps - 1))`, which is `lnGamma(start + steps) - lnGamma(start)`, for `start > 0` and
 * `steps >= 0`. Subtracting two values of lnGamma would cancel almost every digit when the start is large and the steps are few. So
 * few steps are multiplied, which is also the fastest for the usual handful of errors, and many are the difference of two Stirling
 * series written so that their large parts cancel on paper. Relative error below 2e-10 for counts up to 1e9.
 */
export function lnRising(start: number, steps: number): number {
  if (steps <= 0) return 0;
  if (steps <= directSteps && Number.isInteger(steps)) return Math.log(product(start, steps));
  const shift = Math.max(0, Math.ceil(directSteps - start));
  const low = start + shift;
  const high = start + steps;
  const highShift = Math.max(0, Math.ceil(directSteps - high));
  const top = high + highShift;
  const gap = top - low;
  const difference =
    (low - 0.5) * Math.log1p(gap / low) + gap * Math.log(top) - gap + stirling(top) - stirling(low);
  return difference + Math.log(product(start, shift)) - Math.log(product(high, highShift));
}

function product(start: number, steps: number): number {
  let total = 1;
  for (let i = 0; i < steps; i += 1) total *= start + i;
  return total;
}

/** What Stirling's formula adds to `(x - 1/2) ln x - x + ln(2 pi) / 2`; five terms are exact to 1e-12 from 8 on. */
function stirling(x: number): number {
  const y = 1 / (x * x);
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
}
