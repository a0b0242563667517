/**
 * DNS names as Route 53 writes them (Developer Guide, page DomainNameFormat): lower case, with the final dot, and every
 * character outside a-z 0-9 - _ as a three-digit octal escape, so that splitting a normalised name at its dots is safe.
 */

const maxLabelBytes = 63;
const maxNameBytes = 255;

/** A name that could be normalised, or the text Route 53 answers with when it cannot. */
export type NameReading =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'fault'; readonly fault: string };

type LabelReading =
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  | { readonly kind: 'fault'; readonly fault: string };

/** Brings a name as sent by a client into the form that is stored and listed. */
export function normaliseName(sent: string): NameReading {
  const reading = parseName(sent);
  return reading.kind === 'fault' ? reading : { kind: 'name', name: formatName(reading.labels) };
}

/**
 * Reads a name into its labels, unescaped and in lower case, one character per byte.
 *
 * Space, control characters and bytes from 127 on must be escaped on input (DomainNameFormat); a dot inside a label too.
 */
export function parseName(sent: string): LabelReading {
  if (sent === '' || sent === '.') return fault('DomainNameEmpty', 'Domain name is empty', '');
  const labels: string[] = [];
  let label = '';
  for (let at = 0; at < sent.length; at += 1) {
    const character = sent.charAt(at);
    if (character === '.') {
      labels.push(label);
      label = '';
    } else if (character === '\\') {
      const escaped = /^\\([0-3][0-7]{2})/.exec(sent.slice(at, at + 4));
      // Source unconfirmed: no published text for a backslash that does not begin an escape.
      if (escaped?.[1] === undefined) return unsupported(character);
      label += String.fromCharCode(Number.parseInt(escaped[1], 8));
      at += 3;
    } else if (character <= ' ' || character > '~') {
      return unsupported(String.fromCodePoint(sent.codePointAt(at) ?? 0));
    } else {
      label += character;
    }
  }
  if (label !== '') labels.push(label);
  return checkLengths(labels.map(lowerCaseAscii));
}

/** Writes labels (one character per byte) as a normalised name. */
export function formatName(labels: readonly string[]): string {
  return labels.map((label) => `${label.replace(/[^a-z0-9_-]/g, octal)}.`).join('');
}

/** The parent of a normalised name, or undefined for the last label. */
export function parentName(name: string): string | undefined {
  const parent = name.slice(name.indexOf('.') + 1);
  return parent === '' ? undefined : parent;
}

/** True when a normalised name is the apex or lies below it, compared label by label. */
export function isWithin(name: string, apex: string): boolean {
  return name === apex || name.endsWith(`.${apex}`);
}

function checkLengths(labels: readonly string[]): LabelReading {
  const long = labels.find((label) => label.length > maxLabelBytes);
  if (labels.includes('')) return fault('DomainLabelEmpty', 'Domain label is empty', labels.join('.'));
  if (long !== undefined) return fault('DomainLabelTooLong', 'Domain label is too long', long);
  const bytes = labels.reduce((sum, label) => sum + label.length + 1, 1);
  if (bytes > maxNameBytes) return fault('DomainNameTooLong', 'Domain name is too long', labels.join('.'));
  return { kind: 'labels', labels };
}

function unsupported(character: string): LabelReading {
  return fault('UnsupportedCharacter', 'Value contains unsupported characters', character);
}

function fault(code: string, meaning: string, encountered: string): LabelReading {
  return { kind: 'fault', fault: `FATAL problem: ${code} (${meaning}) encountered with '${encountered}'` };
}

/** `toLowerCase` would also fold bytes above 127, which DNS compares as they are. */
function lowerCaseAscii(label: string): string {
  return label.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
