import { Lexer, Parser } from 'yaml';

/** The longest file that is read, in characters. */
export const maxCharacters: number = 256 * 1024;
/** A migration file with a policy written into it needs eight levels. */
const maxNesting = 32;
/** Keys, values and signs; the keys of a mapping are compared pair by pair, which takes minutes for a huge one. */
const maxLexemes = 20_000;

export interface Bomb {
  readonly offset: number;
  readonly message: string;
}

/**
 * Finds what would exhaust the process, before anything recursive sees the text: lexer and parser keep a stack of their own
 * and survive any input, while the composer behind them takes the whole process down at a hundred thousand brackets.
 */
export function findBomb(text: string): Bomb | undefined {
  if (text.length > maxCharacters)
    return {
      offset: 0,
      message: `is longer than ${maxCharacters / 1024} KiB; such a file is a few lines long`,
    };
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    // The parser is a generator: reading it to its end is what moves it on.
    Array.from(parser.next(lexeme));
    lexemes += 1;
    if (parser.stack.length > maxNesting)
      return { offset, message: `is nested deeper than ${maxNesting} levels` };
    if (lexemes > maxLexemes) return { offset, message: `has more than ${maxLexemes} words and signs` };
  }
  return undefined;
}
