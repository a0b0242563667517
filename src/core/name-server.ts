import type { RecordName } from './record-name.js';

/** What one authoritative name server answered in one tick, asked directly and never through a cache. */
export interface NameServerReading {
  readonly server: string;
  readonly host: RecordName;
  /** How often each CNAME target was handed out, by normalised name. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers without a CNAME (NODATA, NXDOMAIN, or an address record). */
  readonly other: number;
  /** Questions without a usable answer. */
  readonly failed: number;
  /** The marker's TXT value as this server returns it, `none` when it says there is none, null when it gave no answer. */
  readonly marker: string | null;
}
