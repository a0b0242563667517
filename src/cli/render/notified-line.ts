import type { Event } from '../../core/event.js';
import type { HookAnswer } from '../../core/hook-state.js';
import { unreachable } from '../../core/result.js';

export const hookGlyph: Readonly<Record<HookAnswer, string>> = { go: '✔', hold: '◷', none: '⚠' };

/** What became of telling somebody, as one line of a history. */
export function notified({
  outcome,
  channel,
  sequence,
  because,
}: Event & { readonly type: 'notified' }): string {
  const about = `${channel} about entry ${sequence}`;
  switch (outcome) {
    case 'delivered':
      return `✉ told ${about}: ${because}`;
    case 'failed':
      return `⚠ could not tell ${about}, it is tried again: ${because}`;
    case 'given-up':
      return `✖ gave up telling ${about}: ${because}`;
    case 'superseded':
      return `• did not tell ${about}: ${because}`;
    default:
      return unreachable(outcome);
  }
}
