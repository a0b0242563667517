/**
 * The one JSON text of a value: no white space, keys in the order of their UTF-16 code units, numbers and strings as
 * ECMAScript writes them (RFC 8785). Equal values have equal text, whatever order their keys were set in.
 *
 * As there, -0 becomes 0. Two differences: half a surrogate pair, which a foreign text cut at a fixed length may end in, is written as
 * its `\u` escape instead of being refused, and properties that are undefined are left out, as `JSON.stringify` does.
 *
 * Throws a TypeError that names the place of a value which JSON would silently change (NaN, Infinity, a Date, a function).
 */
export function canonicalJson(value: unknown): string {
  return text(value, '$');
}

function text(value: unknown, place: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown, index) => text(item, `${place}[${index}]`)).join(',')}]`;
  }
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${text(member, `${place}.${key}`)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`JSON cannot hold the ${typeof value} at ${place}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
