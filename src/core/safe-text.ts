/** Terminal sequences (ECMA-48): CSI with its parameters, strings such as OSC up to their end, then any other escape. */
const escapeSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b/gu;

/** Everything that can break a line of output in two, and runs of blanks. */
const gap = /[\s\u0085]+/gu;

/** Control characters, invisible ones (bidirectional overrides among them) and halves of surrogate pairs. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/**
 * Makes text from outside fit for one line of a terminal, a journal or a message: no control characters, no terminal
 * sequences, no bidirectional overrides, at most `maxLength` characters (UTF-16 units), an ellipsis where it was cut.
 *
 * A terminal obeys such bytes wherever they come from; a server must not be able to rewrite what an operator sees.
 */
export function safeText(text: string, maxLength: number): string {
  const visible = text.replace(escapeSequence, '').replace(gap, ' ').replace(invisible, '').trim();
  if (visible.length <= maxLength) return visible;
  return `${visible.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`;
}
