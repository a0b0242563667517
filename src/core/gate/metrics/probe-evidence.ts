import { clusterLn, rateNoiseLn } from './bucket-evidence.js';
import { accumulate } from './e-process.js';
import { logMeanExp } from './log-space.js';
import type { Column, Timeline } from './timeline.js';

const ratios = [5, 15, 45];
const phi = 1.5;
const capNats = 8;
/** A probe now and then fails for no reason of the target's. */
const minFailureRate = 0.02;
const maxFailureRate = 0.98;

/**
 * The log e-value of the target's probes against the source's. They come without metric delay and see black holes, but they are few
 * and not users. A bucket without probes is one in which nobody looked, so its mass is lost, not carried.
 */
export function probeEvidence(timeline: Timeline, target: Column, source: Column): number {
  const ln = accumulate({
    alternatives: ratios.length,
    mass: timeline.mass,
    isPresent: (b) => (target.n[b] ?? 0) > 0,
    lnFactor: (b, j) => {
      const sent = (source.n[b] ?? 0) + (source.n[b - 1] ?? 0);
      const failed = (source.e[b] ?? 0) + (source.e[b - 1] ?? 0);
      return lnFactor(target.n[b] ?? 0, target.e[b] ?? 0, { n: sent, e: failed }, ratios[j] ?? 1);
    },
    carriesMass: false,
  });
  return logMeanExp(ln);
}

function lnFactor(n: number, e: number, source: { n: number; e: number }, ratio: number): number {
  const m0 = n * Math.max(minFailureRate, (2 * source.e) / Math.max(source.n, 2 * n));
  const possible = Math.min(ratio, (maxFailureRate * n) / m0);
  if (possible < 1.05) return 0;
  const m1 = possible * m0;
  const ln = Math.min(clusterLn(e, m0, m1, phi), rateNoiseLn(e, m0, m1, 1 + source.e));
  return Math.min(ln, capNats);
}
