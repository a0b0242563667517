import { unreachable } from '../../result.js';
import { plus, type Instant } from '../../time.js';
import type { Counts } from './bucket.js';
import type { GateDecision } from './gate-decision.js';
import { bound, failsAtMost, itIsWorse, odds, targetIsWorse, toOne } from './odds.js';
import { suspicionNats } from './parameters.js';
import { grouped, percent, shareText, span, spanOf, utcClock } from './wording.js';

/** How a time of day is written; buckets shorter than a minute need seconds. */
export type Clock = (at: Instant, bucketMs: number) => string;

const minuteMs = 60_000;

/** What the operator sees of a decision: one line at every tick, and the numbers behind it on request. */
export interface Explanation {
  /** The one reason, in one sentence; that of a rollback says since when and by how much. */
  readonly sentence: string;
  readonly line: string;
  readonly details: readonly string[];
}

export function explainDecision(decision: GateDecision, clock: Clock = utcClock): Explanation {
  const time = (at: Instant): string => clock(at, decision.bucketMs);
  const { action, stage } = decision;
  const place = `stage ${shareText(stage.share)}  ${time(decision.at)}  `;
  const reason = sentence(decision, time);
  const line = `${action === 'rollback' ? '' : place}${action.toUpperCase()}  ${reason}`;
  const onset = action === 'rollback' ? rollbackLines(decision, time) : [];
  const outlook = action === 'rollback' ? [] : [allowedLine(decision), promotionLine(decision)];
  const details = [...onset, ...sideLines(decision), ...furtherLines(decision), ...outlook];
  const figures = onset.filter((detail) => !detail.startsWith(bucketsUnit(decision)));
  return { sentence: [reason, ...figures].join('; '), line, details: details.map((detail) => `  ${detail}`) };
}

type Time = (at: Instant) => string;

/** The one reason, in one sentence. */
function sentence(decision: GateDecision, time: Time): string {
  const { topic, stage, evidence, reference, recent, darkness, promotion } = decision;
  const { ln, thresholdLn } = evidence;
  const worse = odds(ln, targetIsWorse);
  switch (topic) {
    case 'evidence':
      return `evidence ${worse} (threshold ${bound(thresholdLn, ln, targetIsWorse)}; chance in a healthy migration <= ${shareText(evidence.alpha)})`;
    case 'blind':
      return `target dark: no request in its metrics for ${span(darkness.forMs)} while about ${grouped(darkness.expectedRequests)} were due there; the source reported ${reported(decision)}`;
    case 'metrics-dark':
      return `all metrics dark: none from the target for ${span(darkness.forMs)} while about ${grouped(darkness.expectedRequests)} requests were due there, and the source reported only ${reported(decision)}; check the metrics before the target`;
    case 'shared-target':
      return `ready, but the target's metrics count other traffic too: only a person promotes`;
    case 'ready':
      return `${stage.isLast ? 'to the end' : `to ${shareText(stage.nextShare)}`}: ${odds(promotion.nats, failsAtMost(promotion.worstRate, 'the target'))}; ${odds(ln, itIsWorse)}`;
    case 'source-incident':
      return `source fails too (${percent(reference.incidentRate ?? 0)}, history ${percent(reference.history.rate)}): not the target's doing; nothing counts until it is over${asked(decision)}`;
    case 'suspicion':
      return `suspicious: ${worse} (promotes below ${toOne(suspicionNats)}, rolls back at ${toOne(thresholdLn)})${asked(decision)}`;
    case 'data-age':
      return recent.dataAgeMs === null
        ? `no request in the target's metrics yet${asked(decision)}`
        : `the newest request in the target's metrics is ${span(recent.dataAgeMs)} old, ${span(recent.maxDataAgeMs)} allowed: nothing advances on old data${asked(decision)}`;
    case 'gauge-age':
      return `no fresh value of ${recent.silentGauges.join(', ')}${asked(decision)}`;
    case 'dwell':
      return `${worse} (rolls back at ${bound(thresholdLn, ln, targetIsWorse)})`;
    case 'evidence-short':
      return shortSentence(decision, time);
    default:
      return unreachable(topic);
  }
}

function reported({ darkness }: GateDecision): string {
  return `in ${darkness.sourceReported} of ${darkness.buckets} buckets`;
}

function shortSentence(decision: GateDecision, time: Time): string {
  const { promotion, stage, action, at } = decision;
  const { n, e, missingRequests, missingMs } = promotion;
  const failed = e === 0 ? '' : `, ${grouped(e)} failed`;
  const have = `${grouped(n - e)} clean requests at the target${failed}`;
  const need =
    missingRequests === null
      ? 'no number is enough at this error rate'
      : `${grouped(n - e + missingRequests)} needed at this rate (${missingMs === null ? 'none come now' : `about ${span(missingMs)}`})`;
  if (action === 'ask') return `${have}, ${need}${asked(decision)}`;
  return `${have}, ${need} - asks you at ${time(plus(at, stage.asksAfterMs - stage.heldMs))}`;
}

function asked({ action, stage }: GateDecision): string {
  return action === 'ask' ? ` - held for ${span(stage.heldMs)}: promote, wait or roll back?` : '';
}

function rollbackLines(decision: GateDecision, time: Time): string[] {
  const { onset, evidence, topic } = decision;
  if (topic === 'blind') return [];
  const from =
    evidence.leading === null || evidence.leading === 'errors' ? [] : [`most of it from ${evidence.leading}`];
  if (onset === null) return from;
  const later = onset.at - onset.stageAt;
  const step = `the step to ${shareText(onset.share)}`;
  const after = later === 0 ? `at ${step}` : `${span(later)} after ${step}`;
  const since = `since ${time(onset.at)} (${after}): target ${ratio(onset.target)}, source ${ratio(onset.source)}; best-fitting ratio ${onset.ratio} x`;
  const buckets = onset.buckets.map(({ at, target, nats, isCapped }) => {
    const sign = nats < 0 ? '' : '+';
    return `${time(at)} ${grouped(target.e)}/${grouped(target.n)} (${sign}${nats.toFixed(1)} nats${isCapped ? ', capped' : ''})`;
  });
  const excess = `excess failed requests so far: about ${grouped(onset.excess)}`;
  return [...from, since, `${bucketsUnit(decision)}: ${buckets.join('  ')}  ${excess}`];
}

function bucketsUnit({ bucketMs }: GateDecision): string {
  return bucketMs === minuteMs ? 'minutes' : 'buckets';
}

/** `71 / 1,180 = 6.0 %`. */
function ratio(counts: Counts): string {
  return counts.n === 0
    ? 'no requests'
    : `${grouped(counts.e)} / ${grouped(counts.n)} = ${percent(counts.e / counts.n)}`;
}

/** Both sides over the same buckets, in columns. */
function sideLines(decision: GateDecision): string[] {
  const { recent, bucketMs, reference } = decision;
  const same = bucketMs === minuteMs ? 'same minutes' : 'same buckets';
  const spans =
    recent.buckets === 0 ? ['so far', 'so far'] : [`last ${span(recent.buckets * bucketMs)}`, same];
  const [targetSpan, sourceSpan] = aligned(spans);
  const [targetCounts, sourceCounts] = aligned(countCells([recent.target, recent.source]));
  const [targetProbes, sourceProbes] = aligned([recent.targetProbes, recent.sourceProbes].map(probesText));
  return [
    `target  ${targetCounts}   ${targetSpan}     ${targetProbes}`.trimEnd(),
    `source  ${sourceCounts}   ${sourceSpan}     ${sourceProbes}     ${historyText(reference.history)}`,
  ];
}

/** `102 / 27,400 = 0.37 %`, with the slashes and the equals signs below each other. */
function countCells(sides: readonly (Counts | null)[]): string[] {
  const widest = (pick: (counts: Counts) => number): number =>
    Math.max(...sides.map((counts) => (counts === null ? 0 : grouped(pick(counts)).length)));
  return sides.map((counts) => {
    if (counts === null) return 'no requests';
    const e = grouped(counts.e).padStart(widest((of) => of.e));
    const n = grouped(counts.n).padEnd(widest((of) => of.n));
    return `${e} / ${n} = ${percent(counts.e / counts.n)}`;
  });
}

function aligned(cells: readonly string[]): readonly [string, string] {
  const width = Math.max(...cells.map((cell) => cell.length));
  const [first = '', second = ''] = cells.map((cell) => cell.padEnd(width));
  return [first, second];
}

function probesText(probes: Counts | null): string {
  if (probes === null) return 'no probes';
  const passed = probes.n - probes.e;
  return `probes ${grouped(passed)}/${grouped(probes.n)} ok`;
}

function historyText({ rate, requests, phi, k }: GateDecision['reference']['history']): string {
  if (requests === 0) return `no history (assumed ${percent(rate)}, phi ${phi}, k ${k})`;
  const noise = phi > 1.5 || k < 20 ? 'noisy' : 'calm';
  return `history ${percent(rate)} (${noise}: phi ${phi.toFixed(1)}, k ${k < 10 ? k.toFixed(1) : k.toFixed(0)})`;
}

function furtherLines({ evidence }: GateDecision): string[] {
  const further = evidence.channels.filter(({ name }) => name !== 'errors' && name !== 'probes');
  return further.length === 0
    ? []
    : [`also    ${further.map(({ name, ln }) => `${name}: ${odds(ln, itIsWorse)}`).join(' | ')}`];
}

function allowedLine({ reference }: GateDecision): string {
  const why = reference.isIncident ? 'while the source fails' : `${reference.tolerance} x source`;
  return `allowed up to ${percent(reference.rate)} (${why})`;
}

function promotionLine({ promotion, stage, recent, reference }: GateDecision): string {
  const ok = (holds: boolean): string => (holds ? ' ok' : '');
  const { dataAgeMs, maxDataAgeMs } = recent;
  const claim = failsAtMost(promotion.worstRate, 'the target');
  const has = promotion.nats > 0 ? `has ${toOne(promotion.nats)}` : 'no evidence of it yet';
  const proof = reference.isIncident
    ? 'not while the source fails'
    : `needs ${toOne(promotion.neededNats)} that ${claim.holds}: ${has}${ok(promotion.nats >= promotion.neededNats)}`;
  const dwell = `dwell ${spanOf(Math.min(stage.observedMs, stage.dwellMs), stage.dwellMs)}${ok(stage.observedMs >= stage.dwellMs)}`;
  const data = dataAgeMs === null ? 'no data' : `data ${span(dataAgeMs)} old${ok(dataAgeMs <= maxDataAgeMs)}`;
  return `to promote: ${proof} | ${dwell} | ${data}`;
}
