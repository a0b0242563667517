import type { Check } from '../../engine/check.js';
import { unreachable } from '../../core/result.js';
import { safeCopy } from './safe-copy.js';
import { paint, type Mark } from './style.js';
import { column, displayWidth, foldWords, reportColumns } from './width.js';
import { wrapped } from './wrapped.js';

const markColumns = '✖ refused'.length + 2;
const maxNameColumns = 16;

/** One check after another, what was seen beside each, and under it what to do about it, with commands whole so that they can be copied. */
export function checkLines(checks: readonly Check[], hasColor: boolean): string[] {
  const safe = safeCopy(checks);
  const longest = Math.max(0, ...safe.map(({ name }) => displayWidth(name)));
  const nameColumns = Math.min(longest, maxNameColumns) + 2;
  const indent = ' '.repeat(markColumns + nameColumns);
  return safe.flatMap(({ name, verdict, fact, fix }) => {
    const { glyph, word, tone } = verdictMark(verdict);
    const mark = paint(column(`${glyph} ${word}`, markColumns), tone, hasColor);
    const [first = '', ...rest] = foldWords(fact, reportColumns - indent.length);
    const lines = [`${mark}${column(name, nameColumns)}${first}`, ...rest.map((line) => indent + line)];
    return fix === null ? lines : [...lines, ...wrapped(`${indent}what to do: ${fix}`, reportColumns)];
  });
}

/** What `start` would do after these checks; the permissions are named, because with credentials to read alone nothing else is wrong. */
export function startOutlook(checks: readonly Check[]): string {
  const refused = checks.filter(({ verdict }) => verdict === 'refused');
  if (refused.length === 0) {
    const isUnknown = checks.some(({ verdict }) => verdict === 'unknown');
    return isUnknown
      ? 'start would refuse while it is unknown whether the checks above pass.'
      : 'To begin: the same line with start.';
  }
  const lacking = refused.filter(({ name, fact }) => name === 'permissions' && fact.includes(' is missing'));
  if (lacking.length === 0) return 'start would refuse until the checks above pass.';
  const only =
    lacking.length === refused.length ? 'lack of permission alone' : 'lack of permission, among others';
  return `start would be refused for ${only}: these credentials may not do what a migration does.`;
}

function verdictMark(verdict: Check['verdict']): Mark {
  switch (verdict) {
    case 'ok':
      return { glyph: '✔', word: 'ok', tone: 'good' };
    case 'warning':
      return { glyph: '⚠', word: 'warning', tone: 'warn' };
    case 'unknown':
      return { glyph: '?', word: 'unknown', tone: 'warn' };
    case 'refused':
      return { glyph: '✖', word: 'refused', tone: 'bad' };
    default:
      return unreachable(verdict);
  }
}
