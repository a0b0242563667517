/** Characters that JSON allows as they are, but that a terminal obeys or hides. */
const unfit = /[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** One JSON document on one line, or indented, in which whatever a terminal would not show as text is an escape: nothing is lost. */
export function jsonText(value: unknown, indent: number = 0): string {
  return JSON.stringify(value, null, indent).replace(unfit, escaped);
}

/** By UTF-16 units, as JSON wants it (RFC 8259, section 7). */
function escaped(character: string): string {
  let text = '';
  for (let index = 0; index < character.length; index += 1)
    text += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  return text;
}
