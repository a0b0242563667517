/** How one request ended. */
export interface Outcome {
  /** The address the request went to; undefined when the name gave none. */
  readonly address: string | undefined;
  /** `ok` for a status below 400. */
  readonly result: 'ok' | Failure;
  readonly latencyMs: number;
}

/** A status of 400 or more as its number; no address; no answer in time; a connection refused, broken or not trusted. */
export type Failure = `${number}` | 'dns' | 'timeout' | 'connection';

/** Finished requests of some addresses over some time. Requests are `ok` plus `failed`. */
export interface Count {
  readonly requests: number;
  readonly ok: number;
  readonly failed: number;
  /** Failed requests by how they failed. */
  readonly errors: Readonly<Partial<Record<Failure, number>>>;
  /** Mean over all finished requests, failed ones included; 0 without any. */
  readonly meanLatencyMs: number;
  readonly maxLatencyMs: number;
}

/** The requests that finished in one second, by destination address. */
export interface SecondCount {
  /** The instant the second began, in milliseconds of the clients' clock. */
  readonly startMs: number;
  readonly byAddress: ReadonlyMap<string, Count>;
}

/** The addresses of both sides of a migration. */
export interface SideAddresses {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

/** Where the clients' requests went. */
export interface SideShare {
  readonly source: Count;
  readonly target: Count;
  /** Requests without an address, or to one of neither side. */
  readonly elsewhere: Count;
  /** The target's part of the requests to both sides, 0 to 100; undefined without any. */
  readonly targetPercent: number | undefined;
}

/** Stands for the address of a request whose name gave none. */
export const noAddress = 'none';

const secondMs = 1_000;
/** How far back single seconds are known. */
const keptSeconds = 180;
/** Addresses counted apart in one second; further ones are counted under `noAddress`. */
const maxAddresses = 64;

/** Counts finished requests per second and address, for the last 180 seconds, and all of them in total. */
export class Tally {
  readonly #seconds: { startMs: number; readonly byAddress: Map<string, Counter> }[] = [];
  readonly #total = new Counter();

  /** Counts an outcome in the second in which the request finished; instants must not run backwards. */
  add(outcome: Outcome, finishedAtMs: number): void {
    const startMs = Math.floor(finishedAtMs / secondMs) * secondMs;
    if (this.#seconds.at(-1)?.startMs !== startMs) this.#seconds.push({ startMs, byAddress: new Map() });
    if (this.#seconds.length > keptSeconds) this.#seconds.shift();
    const byAddress = this.#seconds.at(-1)?.byAddress;
    const wanted = outcome.address ?? noAddress;
    const address =
      byAddress?.has(wanted) === true || (byAddress?.size ?? 0) < maxAddresses ? wanted : noAddress;
    const counter = byAddress?.get(address) ?? new Counter();
    counter.add(outcome);
    byAddress?.set(address, counter);
    this.#total.add(outcome);
  }

  /** Seconds that began at this instant or later, oldest first; seconds without a request are left out. */
  seconds(sinceMs: number): readonly SecondCount[] {
    return this.#seconds
      .filter(({ startMs }) => startMs >= sinceMs)
      .map(({ startMs, byAddress }) => ({
        startMs,
        byAddress: new Map([...byAddress].map(([address, counter]) => [address, counter.count()])),
      }));
  }

  /** All requests since the clients were started. */
  total(): Count {
    return this.#total.count();
  }

  /** Requests by side in the seconds that began at this instant or later. */
  share(sinceMs: number, sides: SideAddresses): SideShare {
    const [source, target, elsewhere] = [new Counter(), new Counter(), new Counter()];
    for (const { startMs, byAddress } of this.#seconds) {
      if (startMs < sinceMs) continue;
      for (const [address, counter] of byAddress) {
        if (sides.source.includes(address)) source.merge(counter);
        else if (sides.target.includes(address)) target.merge(counter);
        else elsewhere.merge(counter);
      }
    }
    const both = source.requests + target.requests;
    return {
      source: source.count(),
      target: target.count(),
      elsewhere: elsewhere.count(),
      targetPercent: both === 0 ? undefined : (100 * target.requests) / both,
    };
  }
}

class Counter {
  requests = 0;
  #ok = 0;
  #latencySumMs = 0;
  #latencyMaxMs = 0;
  readonly #errors = new Map<Failure, number>();

  add({ result, latencyMs }: Outcome): void {
    this.requests += 1;
    this.#latencySumMs += latencyMs;
    this.#latencyMaxMs = Math.max(this.#latencyMaxMs, latencyMs);
    if (result === 'ok') this.#ok += 1;
    else this.#errors.set(result, (this.#errors.get(result) ?? 0) + 1);
  }

  merge(other: Counter): void {
    this.requests += other.requests;
    this.#ok += other.#ok;
    this.#latencySumMs += other.#latencySumMs;
    this.#latencyMaxMs = Math.max(this.#latencyMaxMs, other.#latencyMaxMs);
    for (const [failure, times] of other.#errors) {
      this.#errors.set(failure, (this.#errors.get(failure) ?? 0) + times);
    }
  }

  count(): Count {
    return {
      requests: this.requests,
      ok: this.#ok,
      failed: this.requests - this.#ok,
      errors: Object.fromEntries(this.#errors),
      meanLatencyMs: this.requests === 0 ? 0 : this.#latencySumMs / this.requests,
      maxLatencyMs: this.#latencyMaxMs,
    };
  }
}
