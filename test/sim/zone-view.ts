import type { LabChange, LabRecord } from '../../src/lab/zone/record.js';

/** The names of one host that a migration may write, and what the records of both sides point at. */
export interface HostNames {
  readonly host: string;
  readonly marker: string;
  readonly source: string;
  readonly target: string;
}

const ourMembers = ['shift-source', 'shift-target'];

/** What the resolvers of the world keep an answer of an alias to a load balancer for (Route 53 Developer Guide, "Choosing between alias and non-alias records"). */
const aliasTtlSeconds = 60;

/** The zone as the log tells it, batch by batch, and everything that ever stood at a name. */
export class ZoneView {
  readonly #records: Map<string, LabRecord>;
  readonly #stood: Map<string, Set<string>> = new Map();
  readonly #ends: ReadonlyMap<string, HostNames>;
  /** Members of a weighted set that stood there at the start, by name and set identifier: a take-over replaces them. */
  readonly #originalMembers: ReadonlySet<string>;

  constructor(standing: readonly LabRecord[], hosts: readonly HostNames[]) {
    this.#records = new Map(standing.map((record) => [keyOf(record), record]));
    this.#ends = new Map(hosts.map((names) => [names.host, names]));
    this.#originalMembers = new Set(standing.filter(({ setIdentifier }) => setIdentifier).map(keyOf));
    for (const { host, marker } of hosts) for (const name of [host, marker]) this.#note(name);
  }

  apply(changes: readonly LabChange[]): void {
    for (const { action, record } of changes) {
      if (action === 'DELETE') this.#records.delete(keyOf(record));
      else this.#records.set(keyOf(record), record);
    }
    for (const name of new Set(changes.map(({ record }) => record.name))) this.#note(name);
  }

  /** What stands where this record is to stand. */
  standing(record: LabRecord): LabRecord | undefined {
    return this.#records.get(keyOf(record));
  }

  at(name: string): LabRecord[] {
    return [...this.#records.values()].filter((record) => record.name === name);
  }

  /** True when each of these records stood at a name at some time; for none of them, when nothing did. */
  everStood(name: string, records: readonly LabRecord[]): boolean {
    const stood = [...(this.#stood.get(name) ?? [])];
    if (records.length === 0) return stood.includes('');
    return records.every((record) => stood.some((all) => all.split('\n').includes(contentOf([record]))));
  }

  /** No records, or nothing but zero weights. */
  isEmpty(host: string): boolean {
    return this.at(host).every((record) => record.weight === 0);
  }

  /** The target's percentage among what goes to either side. */
  share(host: string): number {
    const target = this.#weightOf(host, 'target');
    const sum = target + this.#weightOf(host, 'source');
    return sum === 0 ? 0 : (100 * target) / sum;
  }

  /** How long caches may keep what stands there. */
  ttlMs(host: string): number {
    const ttls = this.at(host).map(({ ttl, alias }) => ttl ?? (alias === undefined ? 0 : aliasTtlSeconds));
    return Math.max(0, ...ttls) * 1_000;
  }

  /**
   * No record that the program may touch gives the target anything, and the rest is the source, or foreign and told of. A pair made by hand
   * that somebody has changed is nobody's to put back either.
   */
  isBack(host: string, isTold: boolean): boolean {
    const records = this.at(host);
    const isAtSource = this.share(host) === 0 && this.#weightOf(host, 'source') > 0;
    const foreign = records.filter((record) => !this.isOurs(record) || this.#isByHand(record));
    if (foreign.length > 0 && foreign.length === records.length)
      return isTold || (isAtSource && records.every((record) => this.#isByHand(record)));
    return isAtSource && (foreign.length === 0 || isTold);
  }

  /** True for what the program may have made at a host, or found there at the start. */
  isOurs(record: LabRecord): boolean {
    const { name, type, setIdentifier, values } = record;
    const ends = this.#ends.get(name);
    if (ends === undefined) return false;
    const isAtEnd = [ends.source, ends.target].includes(endOf(record));
    if (type !== 'CNAME') return record.alias !== undefined && setIdentifier === undefined && isAtEnd;
    if (setIdentifier === undefined) return values?.length === 1 && isAtEnd;
    return ourMembers.includes(setIdentifier) || (this.#isByHand(record) && isAtEnd);
  }

  #isByHand(record: LabRecord): boolean {
    return this.#originalMembers.has(keyOf(record));
  }

  describe(host: string): string {
    return this.at(host).map(describeRecord).join('; ') || `nothing at ${host}`;
  }

  #weightOf(host: string, side: 'source' | 'target'): number {
    const end = this.#ends.get(host)?.[side];
    const records = this.at(host).filter((record) => endOf(record) === end);
    return records.reduce((sum, record) => sum + (record.weight ?? 1), 0);
  }

  #note(name: string): void {
    const stood = this.#stood.get(name) ?? new Set();
    this.#stood.set(name, stood.add(contentOf(this.at(name))));
  }
}

export function intentOf(record: LabRecord | undefined): string | null {
  return / intent=([^ "]+)/.exec(textOf(record))?.[1] ?? null;
}

export function migrationOf(record: LabRecord | undefined): string | null {
  return / id=([^ "]+)/.exec(textOf(record))?.[1] ?? null;
}

/** True for the marker of a migration that goes on. */
export function isLiveMarker(record: LabRecord): boolean {
  return / state=live /.test(textOf(record));
}

export function describeRecord(record: LabRecord): string {
  const { name, type, setIdentifier, weight } = record;
  return [firstLabelOf(name), type, setIdentifier, weight, endOf(record)]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** `www` or `_shift.www`. */
export function firstLabelOf(name: string): string {
  return name.replace(/\.example\.com\.?$/, '');
}

/** What a record points at, as the plan names it; of a text its words. */
function endOf({ alias, values }: LabRecord): string {
  return alias?.dnsName.replace(/^dualstack\./, '') ?? values?.join(' ') ?? '';
}

function textOf(record: LabRecord | undefined): string {
  return record?.values?.join().replaceAll('" "', '') ?? '';
}

function keyOf({ name, type, setIdentifier }: LabRecord): string {
  return `${name} ${type} ${setIdentifier ?? ''}`;
}

function contentOf(records: readonly LabRecord[]): string {
  const lines = records.map(({ type, setIdentifier, weight, ttl, values, alias }) =>
    [type, setIdentifier, weight, ttl, alias?.dnsName, ...(values ?? [])].join(' '),
  );
  return lines.sort().join('\n');
}
