import { safeText } from '../../../core/safe-text.js';

/** Text that is markup already; made in this file and from constants alone, so that nothing gets into a page unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number;

/** The longest single text in a page. */
const maxLength = 4_000;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose every value is escaped, for elements and quoted attributes alike; control characters are left out. */
export function fragment(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = strings.map((string, index) => string + (index < parts.length ? escaped(parts[index]) : ''));
  return { markup: markup.join('') };
}

/** Pieces one after the other, each on a line of its own. */
export function join(pieces: readonly Markup[]): Markup {
  return { markup: pieces.map(({ markup }) => markup).join('\n') };
}

/** Lines whose blanks matter, as in a table of figures. */
export function preformatted(lines: readonly string[]): Markup {
  return { markup: lines.map((line) => escapeText(line)).join('\n') };
}

function escaped(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'object') return part.markup;
  return escapeText(typeof part === 'number' ? String(part) : safeText(part, maxLength));
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
