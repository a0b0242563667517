import { parentName } from './name.js';
import type { LabRecord, ServedZone } from './record.js';

/** What makes a record set the one it is: the API reference of ChangeResourceRecordSets. */
export type RecordKey = Pick<LabRecord, 'name' | 'type' | 'setIdentifier'>;

/** The contents of one zone at one moment; never changes. */
export class ZoneSnapshot implements ServedZone {
  readonly apex: string;
  readonly #byName: ReadonlyMap<string, readonly LabRecord[]>;
  #existing: ReadonlySet<string> | undefined;

  constructor(apex: string, byName: ReadonlyMap<string, readonly LabRecord[]>) {
    this.apex = apex;
    this.#byName = byName;
  }

  *records(): Iterable<LabRecord> {
    for (const records of this.#byName.values()) yield* records;
  }

  at(name: string): readonly LabRecord[] {
    return this.#byName.get(name) ?? [];
  }

  exists(name: string): boolean {
    this.#existing ??= withAncestors(this.#byName.keys(), this.apex);
    return this.#existing.has(name);
  }

  /** A copy that a batch can be tried on. */
  draft(): ZoneDraft {
    return new ZoneDraft(this.apex, new Map(this.#byName));
  }
}

/** The working copy on which the changes of one batch are judged in sequence. */
export class ZoneDraft {
  readonly apex: string;
  readonly #byName: Map<string, readonly LabRecord[]>;

  constructor(apex: string, byName: Map<string, readonly LabRecord[]>) {
    this.apex = apex;
    this.#byName = byName;
  }

  at(name: string): readonly LabRecord[] {
    return this.#byName.get(name) ?? [];
  }

  find(key: RecordKey): LabRecord | undefined {
    return this.at(key.name).find((record) => sameKey(record, key));
  }

  put(record: LabRecord): void {
    this.#byName.set(record.name, [...this.#without(record), record]);
  }

  remove(key: RecordKey): void {
    const rest = this.#without(key);
    if (rest.length === 0) this.#byName.delete(key.name);
    else this.#byName.set(key.name, rest);
  }

  /** How many record sets of this type the zone has, whatever their names. */
  count(type: string): number {
    return [...this.#byName.values()].flat().filter((record) => record.type === type).length;
  }

  /** A copy of this copy that lacks one record set. */
  without(key: RecordKey): ZoneDraft {
    const copy = new ZoneDraft(this.apex, new Map(this.#byName));
    copy.remove(key);
    return copy;
  }

  snapshot(): ZoneSnapshot {
    return new ZoneSnapshot(this.apex, new Map(this.#byName));
  }

  #without(key: RecordKey): readonly LabRecord[] {
    return this.at(key.name).filter((record) => !sameKey(record, key));
  }
}

export function sameKey(left: RecordKey, right: RecordKey): boolean {
  return left.name === right.name && left.type === right.type && left.setIdentifier === right.setIdentifier;
}

function withAncestors(names: Iterable<string>, apex: string): ReadonlySet<string> {
  const existing = new Set<string>([apex]);
  for (const name of names) {
    for (let at: string | undefined = name; at !== undefined && !existing.has(at); at = parentName(at))
      existing.add(at);
  }
  return existing;
}
