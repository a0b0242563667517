import type { ProviderFailure } from '../../core/failure.js';
import type { PageResult } from './answer.js';

/** A point as it came, unchecked. */
export type RawPoint = readonly [at: unknown, value: unknown];

/** Everything the pages of one call said about one metric. */
export interface Gathered {
  readonly points: readonly RawPoint[];
  /** The status on the last page that spoke of the metric; null when none did. */
  readonly statusCode: unknown;
  /** True once a page said that CloudWatch itself had failed. */
  readonly hadInternalError: boolean;
  readonly isForbidden: boolean;
  /** What came but cannot be a series, in words; null when nothing of the kind did. */
  readonly flaw: string | null;
  readonly messages: readonly string[];
  /** Why the pages ended before the last one; null when they did not. */
  readonly brokenOff: ProviderFailure | null;
}

/** Nothing but a reason: the whole call failed. */
export function failedGathering(failure: ProviderFailure): Gathered {
  return new Gathering(0).end(failure);
}

/** Adds up the pages about one metric, and keeps no more points than the window can have. */
export class Gathering {
  readonly #points: RawPoint[] = [];
  readonly #messages: string[] = [];
  readonly #maxPoints: number;
  #statusCode: unknown = null;
  #hadInternalError = false;
  #isForbidden = false;
  #flaw: string | null = null;

  constructor(maxPoints: number) {
    this.#maxPoints = maxPoints;
  }

  add(result: PageResult): void {
    const { timestamps, values, notAList, statusCode, messages } = result;
    this.#statusCode = statusCode;
    this.#hadInternalError ||= statusCode === 'InternalError';
    this.#isForbidden ||= statusCode === 'Forbidden';
    this.note(messages);
    if (notAList !== null) this.#flaw ??= 'points that are no list';
    else if (timestamps.length !== values.length)
      this.#flaw ??= `${timestamps.length} times and ${values.length} values`;
    else if (this.#points.length + values.length > this.#maxPoints)
      this.#flaw ??= `${this.#points.length + values.length} points where at most ${this.#maxPoints} can be`;
    else values.forEach((value, index) => this.#points.push([timestamps[index], value]));
  }

  note(messages: readonly string[]): void {
    for (const message of messages) {
      if (!this.#messages.includes(message) && this.#messages.length < 5) this.#messages.push(message);
    }
  }

  end(brokenOff: ProviderFailure | null): Gathered {
    return {
      points: this.#points,
      statusCode: this.#statusCode,
      hadInternalError: this.#hadInternalError,
      isForbidden: this.#isForbidden,
      flaw: this.#flaw,
      messages: this.#messages,
      brokenOff,
    };
  }
}
