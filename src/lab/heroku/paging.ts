import { Refusal } from './refusal.js';

type Key = string | number;

/** A list of the API with the fields its `Range` header may sort by; the first one is the default. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly keys: Readonly<Record<string, (item: Item) => Key>>;
}

/** One page of a list, with its status (206 when more follows) and headers. */
export interface Page<Item> {
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
  readonly items: readonly Item[];
}

interface Range {
  readonly field: string;
  readonly start: string;
  readonly afterStart: boolean;
  readonly end: string;
  readonly max: number;
  readonly descending: boolean;
}

const defaultMax = 200;
const largestMax = 1_000;

/**
 * Cuts one page out of a list, by the grammar of the Platform API reference, "Ranges":
 * `Range: version ..; order=desc,max=5`, and as `Next-Range` the same with an exclusive start, `version ]7..; ...`.
 * Client libraries separate the options by `;` as well as by `,`.
 */
export function page<Item>(listing: Listing<Item>, header: string | undefined): Page<Item> {
  const fields = Object.keys(listing.keys);
  const range = parseRange(header ?? `${fields[0] ?? 'id'} ..`);
  const key = listing.keys[range.field];
  if (key === undefined) throw unreadable(header, `sort by one of ${fields.join(', ')}`);
  const sign = range.descending ? -1 : 1;
  const compare = (left: Key, right: Key): number => sign * compareKeys(left, right);
  const rest = listing.items
    .filter((item) => within(key(item), range, compare))
    .sort((left, right) => compare(key(left), key(right)));
  const items = rest.slice(0, range.max);
  const [first, last] = [items[0], items.at(-1)];
  const headers: Record<string, string> = { 'accept-ranges': fields.join(', ') };
  if (first === undefined || last === undefined) return { status: 200, headers, items };
  headers['content-range'] = `${range.field} ${key(first)}..${key(last)}`;
  if (items.length === rest.length) return { status: 200, headers, items };
  const order = range.descending ? 'order=desc,' : '';
  headers['next-range'] = `${range.field} ]${key(last)}..${range.end}; ${order}max=${range.max}`;
  return { status: 206, headers, items };
}

const grammar =
  /^(?<field>[a-z_]+)\s+(?<exclusive>\]?)(?<start>\S*?)\.\.(?<end>[^\s;,]*)\s*(?:[;,](?<options>.*))?$/;

function parseRange(header: string): Range {
  const groups = grammar.exec(header.trim())?.groups;
  if (groups === undefined) throw unreadable(header, 'for example "id ..; max=200"');
  const options = new Map<string, string>();
  for (const option of (groups['options'] ?? '').split(/[;,]/)) {
    const [name = '', value = ''] = option.split('=', 2).map((part) => part.trim());
    options.set(name, value);
  }
  const max = Number(options.get('max') ?? defaultMax);
  if (!Number.isInteger(max) || max < 1) throw unreadable(header, '"max" is a whole number above 0');
  return {
    field: groups['field'] ?? '',
    start: groups['start'] ?? '',
    afterStart: groups['exclusive'] === ']',
    end: groups['end'] ?? '',
    max: Math.min(max, largestMax),
    descending: options.get('order') === 'desc',
  };
}

function within(key: Key, range: Range, compare: (left: Key, right: Key) => number): boolean {
  const afterStart = range.start === '' ? 1 : compare(key, range.start);
  const beforeEnd = range.end === '' ? -1 : compare(key, range.end);
  return (range.afterStart ? afterStart > 0 : afterStart >= 0) && beforeEnd <= 0;
}

/** Numbers compare as numbers also when one of them comes from a header. */
function compareKeys(left: Key, right: Key): number {
  if (typeof left === 'number' || typeof right === 'number') return Number(left) - Number(right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The reference names the status 416 but no error id; this id is unconfirmed. */
function unreadable(header: string | undefined, hint: string): Refusal {
  return new Refusal(
    416,
    'requested_range_not_satisfiable',
    `Range "${header ?? ''}" cannot be used: ${hint}.`,
  );
}
