import { explainDecision } from '../../core/gate/metrics/explanation.js';
import { displayName } from '../../core/record-name.js';
import type { Status } from '../../core/status.js';
import { glance, localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { movedText } from './status-moved.js';
import { whyHead, type WhyOptions } from './why-head.js';

/** What decides, on one screen, and below it every number. */
export function whyView(status: Status, options: WhyOptions): string[] {
  return [
    ...whyHead(safeCopy(status), options),
    '',
    'Every number behind it',
    '',
    ...whyDetails(status, options.now),
  ];
}

/**
 * Every number behind the verdict, for whoever wants to check it: the verdict and its one reason, the metrics rule host by host, the
 * probes, and how the metrics were read. Odds say how much more likely the data are if the target is worse than if it is not.
 * `spell` puts a point in time into words.
 */
export function whyDetails(status: Status, now: number, spell: (at: number) => string = localTime): string[] {
  const safe = safeCopy(status);
  const { verdict, because, gates, share } = safe;
  const head =
    verdict === null
      ? `${safe.phase} at ${share}%: ${because}`
      : `${verdict.verdict} at ${share}%: ${verdict.because}`;
  const judged = gates.flatMap(({ host, decision }) => {
    const { line, details } = explainDecision(decision);
    return ['', ...(gates.length > 1 ? [displayName(host)] : []), line, ...details];
  });
  return [
    head,
    ...differenceLines(safe),
    ...safe.movedSources.map((move) => `  ${movedText(move)}`),
    ...judged,
    ...probeLines(safe),
    ...metricLines(safe, now, spell),
    ...legend(safe),
  ];
}

/** Why it is halted is in the zone, not in any number. */
function differenceLines({ differences }: Status): string[] {
  if (differences.length === 0) return [];
  const legend = '  - is missing there, + stands there instead; the numbers below only say how users fare';
  return [...differences.map((difference) => `  ${difference}`), legend];
}

function probeLines({ probes, hosts }: Status): string[] {
  const lines = probes.map(({ host, side, health, ok, failed, unknown, lastFailure }) => {
    const where = hosts.length > 1 ? `${displayName(host)} ` : '';
    const last = lastFailure === null ? '' : `; last failure: ${lastFailure.because}`;
    return `  ${where}${side}: ${health}, ${ok} ok, ${failed} failed, ${unknown} unknown${last}`;
  });
  return ['', 'our own probes, the newest of each side', ...lines];
}

function metricLines({ metrics, hosts }: Status, now: number, spell: (at: number) => string): string[] {
  if (metrics.length === 0) return ['', 'no metrics: this policy lets probes alone judge'];
  const lines = metrics.flatMap(({ host, side, status, readTo, warnings }) => {
    const where = hosts.length > 1 ? `${host} ` : '';
    const age =
      readTo === null ? 'nothing read yet' : `read to ${spell(readTo)}, ${glance(now - readTo)} ago`;
    return [
      `  ${where}${side}: ${status ?? 'not asked yet'}, ${age}`,
      ...warnings.map((warning) => `    ${warning}`),
    ];
  });
  return ['', 'metrics', ...lines];
}

function legend({ gates }: Status): string[] {
  if (gates.length === 0) return [];
  return [
    '',
    'N : 1 says how many times better the counts fit what is named than its opposite;',
    'it keeps its meaning however often one looks. phi and k describe the noise of',
    'the source: failures that come in clusters, rates that wander.',
  ];
}
