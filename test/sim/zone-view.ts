import type { LabChange, LabRecord } from '../../src/lab/zone/record.js';

/** The names of one host that a migration may write. */
export interface HostNames {
  readonly host: string;
  readonly marker: string;
}

/** What the records of both sides point at. */
export interface Ends {
  readonly source: string;
  readonly target: string;
}

const ourMembers = ['shift-source', 'shift-target'];

/** The zone as the log tells it, batch by batch, and everything that ever stood at a name. */
export class ZoneView {
  readonly #records: Map<string, LabRecord>;
  readonly #stood: Map<string, Set<string>> = new Map();
  readonly #ends: Ends;

  constructor(standing: readonly LabRecord[], names: readonly HostNames[], ends: Ends) {
    this.#records = new Map(standing.map((record) => [keyOf(record), record]));
    this.#ends = ends;
    for (const { host, marker } of names) for (const name of [host, marker]) this.#note(name);
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
    const target = this.#weightOf(host, this.#ends.target);
    const sum = target + this.#weightOf(host, this.#ends.source);
    return sum === 0 ? 0 : (100 * target) / sum;
  }

  /** No record that the program may touch gives the target anything, and the rest is the source, or foreign and told of. */
  isBack(host: string, isTold: boolean): boolean {
    const records = this.at(host);
    const foreign = records.filter((record) => !this.isOurs(record));
    if (foreign.length > 0 && foreign.length === records.length) return isTold;
    const isAtSource = this.share(host) === 0 && this.#weightOf(host, this.#ends.source) > 0;
    return isAtSource && (foreign.length === 0 || isTold);
  }

  isOurs({ type, setIdentifier, values }: LabRecord): boolean {
    if (type !== 'CNAME') return false;
    if (setIdentifier !== undefined) return ourMembers.includes(setIdentifier);
    return values?.length === 1 && [this.#ends.source, this.#ends.target].includes(values[0] ?? '');
  }

  describe(host: string): string {
    return this.at(host).map(describeRecord).join('; ') || 'nothing at the host';
  }

  #weightOf(host: string, value: string): number {
    const records = this.at(host).filter((record) => record.values?.[0] === value);
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

export function describeRecord({ type, setIdentifier, weight, values }: LabRecord): string {
  return [type, setIdentifier, weight, values?.join(' ')].filter((part) => part !== undefined).join(' ');
}

function textOf(record: LabRecord | undefined): string {
  return record?.values?.join().replaceAll('" "', '') ?? '';
}

function keyOf({ name, type, setIdentifier }: LabRecord): string {
  return `${name} ${type} ${setIdentifier ?? ''}`;
}

function contentOf(records: readonly LabRecord[]): string {
  const lines = records.map(({ type, setIdentifier, weight, ttl, values }) =>
    [type, setIdentifier, weight, ttl, ...(values ?? [])].join(' '),
  );
  return lines.sort().join('\n');
}
