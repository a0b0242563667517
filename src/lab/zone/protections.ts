import { compareNames, compareText } from './list-order.js';
import { isWithin, normaliseName } from './name.js';
import { recordTypes } from './record-schema.js';
import { invalidInput, refusal } from './refusal.js';
import type { RefusedEntry, Refusal } from './refusal.js';

/** Forbids every change of the record sets with this name and type, whether one stands there or not. */
export interface Protection {
  /** Normalised once it is kept. */
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

const maxEntries = 100;
const maxCommentLength = 256;

/**
 * The resource record set protections of one zone (API reference, CreateResourceRecordSetProtections: atomic, up to 100
 * entries, invalid entries are reported before existing ones). The texts of its messages are unconfirmed.
 */
export class Protections {
  #kept: readonly Protection[] = [];

  /** In list order. */
  list(): readonly Protection[] {
    return this.#kept;
  }

  covering(name: string, type: string): Protection | undefined {
    return this.#kept.find((protection) => protection.name === name && protection.type === type);
  }

  create(apex: string, entries: readonly Protection[]): Refusal | undefined {
    const read = readEntries(apex, entries);
    if (!Array.isArray(read)) return read;
    const existing = read
      .filter((entry) => this.covering(entry.name, entry.type) !== undefined)
      .map((entry) =>
        failed(entry, 'ProtectionAlreadyExists', 'A protection already exists for this name and type.'),
      );
    if (existing.length === read.length) return refuseEntries('ProtectionAlreadyExists', 409, existing);
    if (existing.length > 0) return refuseEntries('InvalidResourceRecordSetProtectionBatch', 400, existing);
    this.#kept = [...this.#kept, ...read].sort(
      (left, right) => compareNames(left.name, right.name) || compareText(left.type, right.type),
    );
    return undefined;
  }

  delete(apex: string, entries: readonly Protection[]): Refusal | undefined {
    const read = readEntries(apex, entries);
    if (!Array.isArray(read)) return read;
    const missing = read
      .filter((entry) => this.covering(entry.name, entry.type) === undefined)
      .map((entry) => failed(entry, 'ProtectionNotFound', 'No protection exists for this name and type.'));
    if (missing.length > 0) return refuseEntries('InvalidResourceRecordSetProtectionBatch', 400, missing);
    this.#kept = this.#kept.filter(
      (kept) => !read.some((entry) => entry.name === kept.name && entry.type === kept.type),
    );
    return undefined;
  }
}

/** Rule of the batch: the message holds the protection's comment; its text is unconfirmed. */
export function protectionFault(protection: Protection): string {
  const reason = protection.comment === undefined ? '' : `: ${protection.comment}`;
  return `RRSet with DNS name ${protection.name}, type ${protection.type} is protected${reason}`;
}

function readEntries(apex: string, entries: readonly Protection[]): Protection[] | Refusal {
  if (entries.length === 0 || entries.length > maxEntries) {
    return invalidInput(`Protections must have between 1 and ${maxEntries} entries.`);
  }
  const read: Protection[] = [];
  const invalid: RefusedEntry[] = [];
  for (const entry of entries) {
    const name = normaliseName(entry.name);
    const normalised = name.kind === 'name' ? { ...entry, name: name.name } : undefined;
    const isValid =
      normalised !== undefined &&
      isWithin(normalised.name, apex) &&
      recordTypes.includes(entry.type) &&
      (entry.comment?.length ?? 0) <= maxCommentLength &&
      !read.some((other) => other.name === normalised.name && other.type === entry.type);
    if (isValid) read.push(normalised);
    else invalid.push(failed(entry, 'InvalidInput', 'The entry is not valid.'));
  }
  return invalid.length > 0 ? refuseEntries('InvalidResourceRecordSetProtectionBatch', 400, invalid) : read;
}

function failed({ name, type }: Protection, code: string, message: string): RefusedEntry {
  return { name, type, code, message };
}

function refuseEntries(code: string, httpStatus: number, entries: readonly RefusedEntry[]): Refusal {
  return { ...refusal(code, httpStatus, 'One or more entries could not be processed.'), entries };
}
