const quoted = /"((?:[^"\\]|\\.)*)"/gs;
const escape = /\\([0-3][0-7]{2}|.)/gs;

/**
 * The strings of one TXT value in the API's form, for instance `"v=1" "second \"part\" \101"`.
 *
 * A quote or backslash is escaped with a backslash and other bytes with three octal digits (Route 53 Developer Guide,
 * "Supported DNS record types", TXT). Each string is at most 255 bytes on the wire.
 * @throws Error when the value holds no quoted string or a string longer than 255 bytes.
 */
export function characterStrings(value: string): readonly Buffer[] {
  const strings = [...value.matchAll(quoted)].map((match) => unescaped(match[1] ?? ''));
  if (strings.length === 0) throw new Error(`the TXT value ${value} has no quoted string`);
  if (strings.some((bytes) => bytes.length > 255))
    throw new Error('a string of a TXT value is longer than 255 bytes');
  return strings;
}

function unescaped(text: string): Buffer {
  const bytes: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(escape)) {
    const escaped = match[1] ?? '';
    bytes.push(Buffer.from(text.slice(from, match.index), 'utf8'));
    bytes.push(
      escaped.length === 3 ? Buffer.from([Number.parseInt(escaped, 8)]) : Buffer.from(escaped, 'utf8'),
    );
    from = match.index + match[0].length;
  }
  bytes.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(bytes);
}
