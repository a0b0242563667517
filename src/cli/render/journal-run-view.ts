import { grouped } from '../../core/gate/metrics/wording.js';
import type { Answer } from '../../core/simulation/journal-answer.js';
import type { Harm, JournalRun } from '../../core/simulation/journal-run.js';
import type { RunEnd, RunStep, RunTrack } from '../../core/simulation/run-track.js';
import { unreachable } from '../../core/result.js';
import { labelled } from './labelled.js';
import { glance, localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { column } from './width.js';

/** Both courses side by side, where they part, and how they end. */
export function journalRunLines(
  run: JournalRun,
  about: { readonly hosts: string; readonly since: number },
): string[] {
  const { journal, other, divergence } = safeCopy(run);
  const parts =
    divergence === null
      ? ['never: every reading of the journal has the same answer under both, so all of this is exact']
      : [
          `at ${localTime(divergence.at)}, after ${glance(divergence.at - about.since)}, with ${divergence.share}% at the target`,
          `${journal.policy}: ${answerText(divergence.journal)}`,
          `${other.policy}: ${answerText(divergence.other)}`,
        ];
  return [
    ...labelled('journal', `${about.hosts}, from ${localTime(about.since)}, under ${journal.policy}`),
    ...labelled('other', `the same readings under ${other.policy}`),
    '',
    ...tableRow(['', titled(journal.policy, 'as it was'), titled(other.policy, 'what would have been')]),
    ...stepRows(journal, other, about.since),
    '',
    ...parts.flatMap((line, index) => labelled(index === 0 ? 'parted' : '', line)),
    '',
    ...endLines('ended', journal, about.since),
    ...endLines('instead', other, about.since),
    ...(divergence === null ? [] : ['', ...labelled('how', explanation)]),
  ];
}

const explanation =
  'Up to where they part the other course is exact: the same readings and the same words of people. What is marked ~ is a forecast: the probes as they were, the users of each bucket dealt out by the other shares, each side failing as often as it was measured to; after the journal, on at what was seen last. Nobody knows what people would have said.';

const tableColumns = [13, 30, 30] as const;

function tableRow(cells: readonly string[]): string[] {
  const text = cells.map((cell, index) => column(cell, tableColumns[index] ?? cell.length)).join('');
  return [text.trimEnd()];
}

function titled(policy: string, role: string): string {
  return `${policy.toUpperCase()}, ${role}`;
}

/** One row for every share that either of them reached. */
function stepRows(journal: RunTrack, other: RunTrack, since: number): string[] {
  const keys = [...new Set([...journal.steps, ...other.steps].map(keyOf))];
  const order = (key: string): number =>
    [...journal.steps, ...other.steps].find((step) => keyOf(step) === key)?.share ?? 0;
  const rank = (key: string): number => order(key) + (key === 'finalize' ? 1 : 0);
  return keys
    .toSorted((one, two) => rank(one) - rank(two))
    .flatMap((key) => tableRow([key, ...[journal, other].map((track) => cell(track, key, since))]));
}

function keyOf({ what, share }: RunStep): string {
  return what === 'stage' ? `${share}%` : what === 'take-over' ? 'take over' : 'finalize';
}

function cell({ steps }: RunTrack, key: string, since: number): string {
  const step = steps.find((one) => keyOf(one) === key);
  if (step === undefined) return '-';
  return `${step.isForecast ? '~ ' : ''}${localTime(step.at)} +${glance(step.at - since)}`;
}

function answerText({ move, because }: Answer): string {
  if (move === null) return `stays, because ${because}`;
  switch (move.what) {
    case 'take-over':
      return `takes over: ${because}`;
    case 'stage':
      return `moves to ${move.share}%: ${because}`;
    case 'finalize':
      return `finalizes: ${because}`;
    case 'rollback':
      return `rolls back: ${because}`;
    default:
      return unreachable(move.what);
  }
}

function endLines(label: string, { policy, end, atTarget }: RunTrack & Harm, since: number): string[] {
  const when = `${end.isForecast ? '~ ' : ''}${localTime(end.at)}, after ${glance(end.at - since)}`;
  const harm =
    atTarget === null
      ? []
      : [`${grouped(atTarget.requests)} requests at the target, ${grouped(atTarget.failed)} of which failed`];
  return [
    ...labelled(label, `${policy}: ${endText(end)} ${when}`),
    ...labelled('', end.because),
    ...harm.flatMap((line) => labelled('', line)),
  ];
}

function endText({ end, share }: RunEnd): string {
  switch (end) {
    case 'completed':
      return 'completed';
    case 'rolled-back':
      return `rolled back from ${share}%`;
    case 'waits':
      return `waits for a person at ${share}%, since`;
    case 'halted':
      return `halted at ${share}%`;
    case 'live':
      return `is at ${share}% at the end of the journal,`;
    case 'unknown':
      return `cannot be followed beyond ${share}%,`;
    default:
      return unreachable(end);
  }
}
