import type { Brand } from './brand.js';
import { err, ok, type Result } from './result.js';

/** A DNS name as the product compares it: lower case, final dot, octal escapes for all but a-z 0-9 - _ and the dots between labels. */
export type RecordName = Brand<string, 'RecordName'>;

const plain = /^[a-z0-9_-]$/;

function splitEscaped(name: string): string[] | undefined {
  const labels: string[] = [];
  let label = '';
  for (let i = 0; i < name.length; i += 1) {
    const char = name.charAt(i);
    if (char === '.') {
      labels.push(label);
      label = '';
    } else if (char === '\\') {
      const octal = /^[0-3][0-7]{2}/.exec(name.slice(i + 1))?.[0];
      if (octal === undefined) return undefined;
      label += escapeChar(String.fromCharCode(Number.parseInt(octal, 8)));
      i += 3;
    } else {
      label += escapeChar(char);
    }
  }
  labels.push(label);
  return labels;
}

function escapeChar(char: string): string {
  const lower = char.toLowerCase();
  if (plain.test(lower)) return lower;
  return `\\${lower.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/**
 * Normalises a name so that equal names are equal strings: Route 53 folds case, always returns the final dot and writes
 * characters outside a-z 0-9 - _ as three-digit octal escapes (Route 53 Developer Guide, "DNS domain name format").
 */
export function recordName(text: string): Result<RecordName, string> {
  // Folding the case of other alphabets could turn them into ASCII letters, for instance the Kelvin sign into k.
  if (/[^\x00-\x7f]/.test(text)) return err(`"${text}" is not ASCII; write its punycode form (xn--...)`);
  const trimmed = text.endsWith('.') ? text.slice(0, -1) : text;
  if (trimmed === '') return err('the name is empty');
  const labels = splitEscaped(trimmed);
  if (labels === undefined) return err(`"${text}" has a backslash that starts no octal escape such as \\052`);
  if (labels.some((label) => label === '')) return err(`"${text}" has an empty label`);
  const lengths = labels.map((label) => label.replace(/\\\d{3}/g, '?').length);
  if (lengths.some((length) => length > 63)) return err(`"${text}" has a label longer than 63 characters`);
  if (lengths.reduce((sum, length) => sum + length + 1, 1) > 255)
    return err(`"${text}" is longer than 255 octets`);
  return ok(`${labels.join('.')}.` as RecordName);
}

/**
 * The name of a host that can be moved: letters, digits and hyphens in at least two labels. The error says what is wrong.
 */
export function hostName(text: string): Result<RecordName, string> {
  const name = recordName(text);
  if (!name.ok) return name;
  const labels = name.value.slice(0, -1).split('.');
  if (text.includes('://') || text.includes('/')) return err(`"${text}" is a URL; give the bare host name`);
  if (text.startsWith('*') || name.value.startsWith('\\052'))
    return err(`"${text}" is a wildcard; name one host`);
  const bad = labels.find((label) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label));
  if (bad !== undefined)
    return err(
      `"${text}" is not a host name: label "${bad}" may have only letters, digits and inner hyphens`,
    );
  if (labels.length < 2)
    return err(`"${text}" is not a full host name; write it with its domain, for example www.example.com`);
  if (labels.every((label) => /^\d+$/.test(label))) return err(`"${text}" is an address; give a host name`);
  return name;
}

/** How a person reads a name: without the final dot. */
export function displayName(name: RecordName | string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** True when `name` is `zone` itself or lies below it, label by label (never by string suffix). */
export function isInZone(name: RecordName, zone: RecordName): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** Where the marker of a host lives: `_shift.<host>`. */
export function markerName(host: RecordName): RecordName {
  return `_shift.${host}` as RecordName;
}
