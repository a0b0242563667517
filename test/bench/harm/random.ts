/**
 * A seeded stream of random numbers (sfc32). Every minute of every simulated run has a stream of its own, so that all rules meet the
 * same weather however differently they move traffic.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, run: number, minute: number) {
    this.#a = seed | 0;
    this.#b = run | 0;
    this.#c = minute | 0;
    for (let i = 0; i < 10; i += 1) this.uniform();
  }

  /** In [0, 1). */
  uniform(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.uniform();
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > manyExpected) return roundedNormal(this.normal(), mean, Math.sqrt(mean), 1);
    const u = this.uniform();
    let count = 0;
    let term = Math.exp(-mean);
    for (let sum = term; u >= sum && (term > tiny || count < mean); sum += term) {
      count += 1;
      term *= mean / count;
    }
    return count;
  }

  binomial(n: number, p: number): number {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - this.binomial(n, 1 - p);
    if (n * p > manyExpected) {
      const deviation = Math.sqrt(n * p * (1 - p));
      return Math.min(n, roundedNormal(this.normal(), n * p, deviation, 1 - 2 * p));
    }
    const u = this.uniform();
    let count = 0;
    let term = (1 - p) ** n;
    for (let sum = term; u >= sum && count < n && (term > tiny || count < n * p); sum += term) {
      count += 1;
      term *= ((n - count + 1) / count) * (p / (1 - p));
    }
    return count;
  }

  /** Failures that come in clusters of geometric size with the given mean; `mean` is the expected number of failures. */
  clustered(mean: number, clusterMean: number): number {
    if (clusterMean <= 1) return this.poisson(mean);
    const clusters = this.poisson(mean / clusterMean);
    if (clusters > manyExpected) {
      const variance = clusters * clusterMean * (clusterMean - 1);
      return Math.max(clusters, Math.round(clusters * clusterMean + Math.sqrt(variance) * this.normal()));
    }
    const lnStay = Math.log(1 - 1 / clusterMean);
    let total = clusters;
    for (let i = 0; i < clusters; i += 1) total += Math.floor(Math.log(1 - this.uniform()) / lnStay);
    return total;
  }
}

/** From here on a count is drawn as a normal with its skewness corrected (Cornish and Fisher). */
const manyExpected = 30;
/** Beyond the mean, a term this small ends the sum: rounding may keep it below 1 for ever. */
const tiny = 1e-12;

function roundedNormal(z: number, mean: number, deviation: number, skewness: number): number {
  return Math.max(0, Math.round(mean + deviation * z + (skewness * (z * z - 1)) / 6));
}
