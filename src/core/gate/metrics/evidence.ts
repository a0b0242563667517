import { estimateBaseline, type Baseline } from './baseline.js';
import type { History } from './bucket.js';
import { countEvidence, onsetOf, type CountEvidence, type CountInput, type Onset } from './count-evidence.js';
import { errorRule } from './count-rule.js';
import { gaugeEvidence } from './gauge-evidence.js';
import { quantileEvidence, slowEvidence } from './latency-evidence.js';
import { logAddExp } from './log-space.js';
import { channelWeights, suspicionNats, type GateParameters } from './parameters.js';
import { probeEvidence } from './probe-evidence.js';
import { columns, type Column, type Timeline } from './timeline.js';

/** One kind of measurement and what it says against the target. */
export interface ChannelEvidence {
  readonly name: string;
  /** Its share of the false-alarm budget. */
  readonly weight: number;
  /** The log e-value; minus infinity for none. */
  readonly ln: number;
  /** The newest bucket with a value at the target, for gauges only; their silence stops a promotion. */
  readonly newest: number | null;
}

/** Everything that was measured on one host, weighed. */
export interface HostEvidence {
  readonly timeline: Timeline;
  readonly requests: { readonly source: Column; readonly target: Column };
  readonly probes: { readonly source: Column; readonly target: Column };
  readonly baseline: Baseline;
  readonly errors: CountEvidence;
  readonly channels: readonly ChannelEvidence[];
  /** All channels together: the log of their weighted mean. */
  readonly ln: number;
  /** Where it began; null while there is no suspicion about failed requests. */
  readonly onset: Onset | null;
}

export function weigh(timeline: Timeline, history: History, parameters: GateParameters): HostEvidence {
  const rule = errorRule(parameters);
  const requests = columns(timeline, (record) => record.requests);
  const probes = columns(timeline, (record) => record.probes);
  const baseline = estimateBaseline(history.requests, rule.minRate);
  const counted: CountInput = { timeline, ...requests, sourceProbes: probes.source, baseline, rule };
  const errors = countEvidence(counted);
  const weights = channelWeights(parameters.channels);
  const channels: ChannelEvidence[] = [
    { name: 'errors', weight: weights.errors, ln: errors.ln, newest: null },
    {
      name: 'probes',
      weight: weights.probes,
      ln: probeEvidence(timeline, probes.target, probes.source),
      newest: null,
    },
    ...furtherChannels(timeline, history, parameters, weights.eachFurther),
  ];
  let ln = -Infinity;
  for (const channel of channels) ln = logAddExp(ln, nats(channel));
  const onset = errors.ln >= suspicionNats ? onsetOf(counted, errors.references) : null;
  return { timeline, requests, probes, baseline, errors, channels, ln, onset };
}

function furtherChannels(
  timeline: Timeline,
  history: History,
  { channels, shares }: GateParameters,
  weight: number,
): ChannelEvidence[] {
  const further: ChannelEvidence[] = [];
  if (channels.slowCounts) {
    further.push({ name: 'slow requests', weight, ln: slowEvidence(timeline, history), newest: null });
  }
  if (channels.latencyQuantiles) {
    const ln = quantileEvidence(timeline, history, (stage) => (shares[stage] ?? 1) >= 1);
    further.push({ name: 'latency', weight, ln, newest: null });
  }
  for (const rule of channels.gauges) {
    const { ln, newest } = gaugeEvidence(timeline, history, rule);
    further.push({ name: rule.name, weight, ln, newest });
  }
  return further;
}

/** The channel that contributes most to the evidence. */
export function leadingChannel(channels: readonly ChannelEvidence[]): ChannelEvidence | null {
  let leading: ChannelEvidence | null = null;
  for (const channel of channels) {
    if (leading === null || nats(channel) > nats(leading)) leading = channel;
  }
  return leading;
}

function nats(channel: ChannelEvidence): number {
  return Math.log(channel.weight) + channel.ln;
}
