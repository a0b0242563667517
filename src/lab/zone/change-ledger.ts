import type { TravellingBatch } from './propagation.js';

/** `ChangeInfo` of the API. */
export interface ChangeInfo {
  /** Without the `/change/` prefix. */
  readonly id: string;
  readonly status: 'PENDING' | 'INSYNC';
  /** Epoch milliseconds. */
  readonly submittedAtMs: number;
  readonly comment?: string;
}

interface LedgerEntry {
  readonly submittedAtMs: number;
  readonly comment?: string;
  readonly batch: TravellingBatch;
}

const maxEntries = 20_000;

/** The changes somebody may still ask `GetChange` about; the oldest are forgotten above the limit. */
export class ChangeLedger {
  readonly #entries = new Map<string, LedgerEntry>();

  enter(id: string, entry: LedgerEntry): void {
    this.#entries.set(id, entry);
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }

  status(id: string, nowMs: number): ChangeInfo | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { submittedAtMs, comment, batch } = entry;
    const status = batch.hasReachedAll(nowMs) ? 'INSYNC' : 'PENDING';
    return { id, status, submittedAtMs, ...(comment === undefined ? {} : { comment }) };
  }
}
