import type { CommittedBatch } from './answer.js';

/** One call, as the server saw it. */
export interface LoggedRequest {
  /** Counts from 1 without gaps. */
  readonly sequence: number;
  /** Epoch milliseconds at which the outcome was decided: for a committed batch, the commit. */
  readonly atMs: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** API action, for instance `ChangeResourceRecordSets`; `Unknown` for what the lab does not answer. */
  readonly action: string;
  readonly zoneId?: string;
  /** From the credential; tells one client from another. */
  readonly accessKeyId?: string;
  readonly requestId: string;
  readonly outcome: RequestOutcome;
  /** The batch that is in force from now on, whether its answer was delivered or not. */
  readonly committed?: CommittedBatch;
}

export type RequestOutcome =
  | { readonly kind: 'answered'; readonly httpStatus: number }
  | { readonly kind: 'refused'; readonly httpStatus: number; readonly code: string; readonly message: string }
  /** The work was done and the connection cut. */
  | { readonly kind: 'reply-dropped' }
  /** The connection was cut and nothing done. */
  | { readonly kind: 'request-dropped' }
  | { readonly kind: 'stalled' };

/** The last calls, oldest first; their sequence numbers tell how many were forgotten. */
export class RequestLog {
  readonly #capacity: number;
  #entries: LoggedRequest[] = [];
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(entry: Omit<LoggedRequest, 'sequence'>): void {
    this.#count += 1;
    this.#entries.push({ sequence: this.#count, ...entry });
    // Cutting only now and then keeps adding cheap.
    if (this.#entries.length > this.#capacity * 2) this.#entries = this.#entries.slice(-this.#capacity);
  }

  entries(): readonly LoggedRequest[] {
    return this.#entries.slice(-this.#capacity);
  }
}
