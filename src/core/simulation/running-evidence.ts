import { estimateBaseline } from '../gate/metrics/baseline.js';
import { bucketLn } from '../gate/metrics/bucket-evidence.js';
import type { History } from '../gate/metrics/bucket.js';
import { countEvidence } from '../gate/metrics/count-evidence.js';
import { errorRule } from '../gate/metrics/count-rule.js';
import { eachStart } from '../gate/metrics/e-process.js';
import { logAddExp, logMeanExp } from '../gate/metrics/log-space.js';
import type { GateParameters } from '../gate/metrics/parameters.js';
import { columns, type Timeline } from '../gate/metrics/timeline.js';

/**
 * The evidence of the failed requests after each bucket, in nats, in one pass. The gate looks back over everything at every tick; this
 * tells at which ticks looking is worth it, so that a migration of a week is followed in milliseconds.
 */
export function runningEvidence(
  timeline: Timeline,
  history: History,
  parameters: GateParameters,
): Float64Array {
  const rule = errorRule(parameters);
  const { source, target } = columns(timeline, (record) => record.requests);
  const probes = columns(timeline, (record) => record.probes);
  const baseline = estimateBaseline(history.requests, rule.minRate);
  const input = { timeline, source, target, sourceProbes: probes.source, baseline, rule };
  const { references } = countEvidence(input);
  const after = new Float64Array(timeline.length).fill(-Infinity);
  const ln = new Float64Array(rule.ratios.length).fill(-Infinity);
  const isPresent = (b: number): boolean => (target.n[b] ?? 0) > 0;
  eachStart({ mass: timeline.mass, isPresent, carriesMass: true }, (b, lnMass) => {
    const reference = references[b];
    if (reference === undefined) return;
    rule.ratios.forEach((ratio, j) => {
      const said = bucketLn(target.n[b] ?? 0, target.e[b] ?? 0, reference, baseline, rule, ratio);
      ln[j] = logAddExp(ln[j] ?? -Infinity, lnMass) + said;
    });
    after[b] = logMeanExp(ln);
  });
  for (let b = 1; b < after.length; b += 1) if (!isPresent(b)) after[b] = after[b - 1] ?? -Infinity;
  return after;
}
