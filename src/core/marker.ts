import { markerName, type RecordName } from './record-name.js';
import { textRecord, type RecordSet } from './record-set.js';
import { instant, type Instant } from './time.js';

/**
 * The TXT record `_shift.<host>`: the fence. Every batch swaps it by its exact old value, so a controller that is behind, cloned
 * or restored from an old backup is refused by Route 53 itself.
 */
export interface Marker {
  readonly migrationId: string;
  readonly state: 'live' | 'ended';
  /** Grows by one with every write. */
  readonly generation: number;
  /** The random id of the intent that wrote it. */
  readonly intentId: string;
  /** Hash of the last journal entry before that write, so that the chain's head is also kept outside the state file. */
  readonly head: string;
  /** The instant by which this controller writes or pages again. */
  readonly due: Instant;
  /** All hosts of the migration, so that any one of them leads to the others. */
  readonly hosts: readonly RecordName[];
  /** The machine it was written from (see `machineOf`); absent in older markers, in a break-glass file's and where no journal was. */
  readonly by?: string;
}

/** What a machine may be called in a marker, which the whole world can read. */
const machineForm = /^[a-z0-9-]{1,32}$/;

/**
 * The name by which a lease holder's machine signs its markers: the first label of its host name alone, because the rest tells
 * strangers about a network. Undefined where nothing fit to show is left.
 *
 * @param holder `<host>/<boot>/<pid>`
 */
export function machineOf(holder: string): string | undefined {
  const [label = ''] = (holder.split('/')[0] ?? '').toLowerCase().split('.');
  const name = label.replaceAll(/[^a-z0-9-]/g, '-').slice(0, 32);
  return machineForm.test(name) ? name : undefined;
}

/** The intent id in the marker that the break-glass file writes. */
export const breakGlassIntent: string = 'break-glass';

const chunkLength = 255;

/** The marker as text, before it is cut into TXT strings. */
export function markerText(marker: Marker): string {
  return [
    'shift=1',
    `id=${marker.migrationId}`,
    `state=${marker.state}`,
    `gen=${marker.generation}`,
    `intent=${marker.intentId}`,
    `head=${marker.head}`,
    `due=${marker.due}`,
    ...(marker.by === undefined ? [] : [`by=${marker.by}`]),
    `hosts=${marker.hosts.join(',')}`,
  ].join(' ');
}

/** The marker's record set; text over 255 octets becomes several strings of one TXT value (RFC 1035, section 3.3.14). */
export function markerRecord(host: RecordName, marker: Marker, ttlSeconds: number): RecordSet {
  const text = markerText(marker);
  const strings: string[] = [];
  for (let start = 0; start < text.length; start += chunkLength)
    strings.push(text.slice(start, start + chunkLength));
  return textRecord(markerName(host), strings.map((part) => `"${part}"`).join(' '), ttlSeconds);
}

/** Reads the text a name server or the API returned; null when it is no marker of ours. */
export function parseMarkerText(text: string): Marker | null {
  const fields = new Map(text.split(' ').map((field) => splitOnce(field)));
  const state = fields.get('state');
  const generation = Number(fields.get('gen'));
  const due = Number(fields.get('due'));
  const migrationId = fields.get('id');
  const intentId = fields.get('intent');
  if (fields.get('shift') !== '1' || migrationId === undefined || intentId === undefined) return null;
  if (state !== 'live' && state !== 'ended') return null;
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(due)) return null;
  const by = fields.get('by') ?? '';
  const hosts = (fields.get('hosts') ?? '').split(',').filter((host) => host !== '') as RecordName[];
  return {
    migrationId,
    state,
    generation,
    intentId,
    head: fields.get('head') ?? '',
    due: instant(due),
    hosts,
    // Anybody may have written this, and it is shown to people.
    ...(machineForm.test(by) && { by }),
  };
}

/** Whose marker it is, for the person whose controller was stopped by it. */
export function describeFence({ migrationId, generation, state, by }: Marker): string {
  const who = by === undefined ? '' : `fenced by host ${by}: `;
  return `${who}another controller writes here: the marker names migration ${migrationId}, generation ${generation}, state ${state}`;
}

/** The marker among the record sets at `_shift.<host>`: null when there is none, or when what stands there is not ours. */
export function readMarker(records: readonly RecordSet[]): Marker | null {
  const [only, ...others] = records;
  if (only?.type !== 'TXT' || others.length > 0 || only.values.length !== 1) return null;
  return parseMarkerText(unquote(only.values[0] ?? ''));
}

/** Joins the strings of one TXT value in the API's form: `"a" "b"` is `ab`. */
export function unquote(value: string): string {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text).join('');
}

function splitOnce(field: string): [string, string] {
  const at = field.indexOf('=');
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}
