/** What a terminal may be told besides text. */
export type Controls = 'none' | 'colour' | 'screen';

/** Sequences that views make themselves: colours, and what a live screen needs. Everything else of the kind came from outside. */
const colour = '\\u001b\\[[0-9]{0,3}m';
const screen = '\\u001b\\[(?:H|J|\\?25[lh])';

/** Control characters, invisible ones (bidirectional overrides among them) and halves of surrogate pairs. */
const unfit = '[\\p{Cc}\\p{Cf}\\p{Cs}]';

const patterns: Readonly<Record<Controls, RegExp>> = {
  none: new RegExp(`([\\t\\n])|${unfit}`, 'gu'),
  colour: new RegExp(`([\\t\\n]|${colour})|${unfit}`, 'gu'),
  screen: new RegExp(`([\\t\\n]|${colour}|${screen})|${unfit}`, 'gu'),
};

/**
 * The last look before text leaves this program. Views clean what they show; this makes sure that a text someone forgot cannot
 * move the cursor, change the window's title or turn the reading direction either.
 */
export function onlyText(text: string, controls: Controls): string {
  return text.replace(patterns[controls], (_found, kept: string | undefined) => kept ?? '');
}
