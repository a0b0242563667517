import { latencyCells } from './latency-histogram.js';
import type { RouterVerdict } from './router-verdict.js';

/** What one host did in one bucket, while it is still being counted. */
export interface HostCounts {
  readonly verdicts: Record<RouterVerdict, number>;
  /** Lines by the digits of their H-code; 0 counts those without one. */
  readonly codes: Uint32Array;
  readonly latency: Uint32Array;
  /** Requests above each of the settings' limits. */
  readonly slower: Uint32Array;
}

export interface CountedBucket {
  /** The bucket's start divided by its length. */
  number: number;
  /** Lines of this bucket are missing, nobody knows which. */
  lost: boolean;
  /** Router lines outside the grammar, of whichever host. */
  unparsed: number;
  /** By the host's place in the settings; a hole for a host without a line. */
  readonly hosts: (HostCounts | undefined)[];
}

/** The latest buckets, in memory of a fixed size: a bucket takes the place of the one that is a whole ring older. */
export class BucketRing {
  readonly #buckets: CountedBucket[];

  constructor(size: number) {
    this.#buckets = Array.from({ length: size }, () => ({ number: -1, lost: false, unparsed: 0, hosts: [] }));
  }

  /** The bucket to count into; the caller sees to it that `number` is no further back than the ring is long. */
  at(number: number): CountedBucket {
    const bucket = this.#place(number);
    if (bucket.number !== number) {
      bucket.number = number;
      bucket.lost = false;
      bucket.unparsed = 0;
      bucket.hosts.length = 0;
    }
    return bucket;
  }

  /** The bucket as it stands, undefined when nothing was counted in it. */
  peek(number: number): CountedBucket | undefined {
    const bucket = this.#place(number);
    return bucket.number === number ? bucket : undefined;
  }

  #place(number: number): CountedBucket {
    const bucket = this.#buckets[number % this.#buckets.length];
    if (bucket === undefined) throw new RangeError(`bucket ${number} is before the epoch`);
    return bucket;
  }
}

/** @param limits how many limits of the response time are counted */
export function emptyCounts(limits: number): HostCounts {
  return {
    verdicts: { ok: 0, bad: 0, excluded: 0, misrouted: 0, ambiguous: 0, platform: 0 },
    codes: new Uint32Array(100),
    latency: new Uint32Array(latencyCells),
    slower: new Uint32Array(limits),
  };
}
