import type { Failure, Problem } from '../core/failure.js';
import { unreachable } from '../core/result.js';
import { safeText } from '../core/safe-text.js';

/** The longest single line of an error; foreign text in it is stripped and cut. */
const maxLineLength = 1_000;

/** What happened, what was and was not changed, and what to type next: the lines a person sees on stderr. */
export function failureLines(failure: Failure): string[] {
  const lines = rawLines(failure).flatMap((text) => text.split('\n'));
  return lines.map((line) => safeText(line, maxLineLength));
}

function rawLines(failure: Failure): string[] {
  switch (failure.reason) {
    case 'invalid-input':
      return [...failure.problems.map(problemLine), 'nothing was changed'];
    case 'refused':
      return [
        `refused (${failure.check}): ${failure.message}`,
        `what to do: ${failure.fix}`,
        'nothing was changed',
      ];
    case 'conflict':
      return [failure.message, `what to do: ${failure.fix}`];
    case 'provider': {
      const { provider, operation, message, reason } = failure.failure;
      return [`${provider} ${operation}: ${message} (${reason})`, failure.changed];
    }
    default:
      return unreachable(failure);
  }
}

/** One thing that is wrong, with its place where it has one. */
export function problemLine({ location, where, message }: Problem): string {
  if (location === null) return `${where}: ${message}`;
  return `${location.file}:${location.line}:${location.column}: ${where === '' ? '' : `${where}: `}${message}`;
}
