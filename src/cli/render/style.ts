/** What a piece of text means; colour follows from it, and never carries a meaning alone: a word always stands beside it. */
export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'warn' | 'busy';

/** A glyph with its word, and what they mean. */
export interface Mark {
  readonly glyph: string;
  readonly word: string;
  readonly tone: Tone;
}

/** Select Graphic Rendition parameters (ECMA-48) of each tone; the sixteen basic colours follow the terminal's own theme. */
const parameters: Readonly<Record<Tone, string>> = {
  plain: '',
  dim: '2',
  strong: '1',
  good: '32',
  bad: '31',
  warn: '33',
  busy: '36',
};

/** The text in its colour, or unchanged. */
export function paint(text: string, tone: Tone, hasColor: boolean): string {
  if (!hasColor || tone === 'plain' || text === '') return text;
  return `\u001b[${parameters[tone]}m${text}\u001b[0m`;
}
