import { ascii, literal, standsAt, type Literal } from './scan.js';
import { BucketRing, emptyCounts, type CountedBucket, type HostCounts } from './bucket-ring.js';
import { latencyCell } from './latency-histogram.js';
import { LineBuffer } from './line-buffer.js';
import { LineParser, type LineKind } from './line-parser.js';
import { readLossNotice, type LossNotice } from './loss-notice.js';
import { routerVerdict } from './router-verdict.js';
import { SeenLines } from './seen-lines.js';

/** Heroku's clocks and this machine's may differ by this much; a line further ahead is nobody's. */
const maxSkewMs = 120_000;
/** Logplex keeps 1,500 lines of history, so a replay cannot reach further back than this. */
const rememberedLines = 8_192;
const maxHosts = 100;
const maxBuckets = 10_000;
const maxLimits = 16;
/** Canaries named by one call; a client may forge the prefix as often as it likes. */
const maxCanaries = 1_000;
const maxCanaryIdLength = 64;

/**
 * How the request ids of canaries begin: requests that this program sends only to hear the log's answer. They are left out of every
 * number. Health probes have other ids and are counted, as every balancer counts them, because they are taken off again where the
 * sides are compared.
 */
export const canaryPrefix = 'shift-canary-';
const canary = literal(canaryPrefix);
const hostKey = ' host=';
const websocket = 101;

export interface RouterLogSettings {
  /** Lower case without a final dot; lines of any other host are counted as such and left out. */
  readonly hosts: readonly string[];
  readonly bucketMs: number;
  /** How many of the latest buckets are kept. */
  readonly buckets: number;
  /** Any number that clients cannot know. */
  readonly seed: number;
  /** Response times above which requests are counted as slower; at most 16, none if left out. */
  readonly limitsMs?: readonly number[];
}

/** The line of a canary. */
export interface CanaryLine {
  readonly requestId: string;
  /** Its time stamp, milliseconds since the epoch on Heroku's clock. */
  readonly atMs: number;
}

/** One host in one bucket. */
export interface RouterBucket {
  readonly startMs: number;
  /** Requests the app answered or should have answered: the denominator. */
  readonly total: number;
  readonly bad: number;
  /** Requests that ended by the client's own doing. */
  readonly excluded: number;
  /** Misdirected or with the wrong certificate: H31, H32. */
  readonly misrouted: number;
  readonly ambiguous: number;
  /** Maintenance, a blank or suspended app, trouble of Heroku itself. */
  readonly platform: number;
  /** How often each code was seen, for instance `H12`, in the order of the codes. */
  readonly codes: ReadonlyMap<string, number>;
  /** Of `total` but for websockets; cells as in `latency-histogram`. */
  readonly latency: Uint32Array;
  /** Of the same requests those that took longer than each of the settings' limits, in their order. */
  readonly slower: Uint32Array;
  /** Router lines of this bucket that could not be read, of whichever host. */
  readonly unparsed: number;
  /** Lines of this bucket are missing: the numbers are a lower bound and no evidence. */
  readonly lost: boolean;
}

/** What came in since the start, of all hosts. */
export interface RouterLogTotals {
  readonly lines: number;
  readonly counted: number;
  /** Lines of other processes, empty ones and notices. */
  readonly other: number;
  readonly otherHosts: number;
  readonly canaries: number;
  readonly duplicates: number;
  readonly unparsed: number;
  /** Lines older than the oldest bucket kept, or from the future. */
  readonly outOfTime: number;
  readonly lossNotices: number;
  /** As far as the notices say how many. */
  readonly droppedMessages: number;
}

interface HostName {
  readonly exact: Literal;
  readonly bytes: Uint8Array;
}

type Counter = keyof RouterLogTotals;

/**
 * Turns the router's log, as bytes in chunks of any size, into numbers per host and bucket. Memory is fixed by the settings,
 * whatever comes in.
 */
export class RouterLog {
  readonly #settings: RouterLogSettings;
  readonly #hosts: readonly HostName[];
  readonly #buffer = new LineBuffer();
  readonly #parser = new LineParser(this.#buffer.view);
  readonly #seen: SeenLines;
  readonly #ring: BucketRing;
  readonly #totals: Record<Counter, number> = {
    lines: 0,
    counted: 0,
    other: 0,
    otherHosts: 0,
    canaries: 0,
    duplicates: 0,
    unparsed: 0,
    outOfTime: 0,
    lossNotices: 0,
    droppedMessages: 0,
  };
  #nowMs = 0;
  #oldest = 0;
  #newest = 0;
  readonly #limitsMs: readonly number[];
  #canaries: CanaryLine[] = [];
  #lastNotice: LossNotice | null = null;
  #latestLineMs = 0;

  constructor(settings: RouterLogSettings) {
    const { hosts, bucketMs, buckets, seed, limitsMs = [] } = settings;
    if (hosts.length > maxHosts) throw new RangeError(`at most ${maxHosts} hosts, not ${hosts.length}`);
    if (!(bucketMs >= 1)) throw new RangeError(`bucketMs must be at least 1, not ${bucketMs}`);
    if (!(buckets > 2 * (maxSkewMs / bucketMs) && buckets <= maxBuckets)) {
      throw new RangeError(
        `buckets must cover more than four minutes and be at most ${maxBuckets}, not ${buckets}`,
      );
    }
    if (limitsMs.length > maxLimits) {
      throw new RangeError(`at most ${maxLimits} limits, not ${limitsMs.length}`);
    }
    this.#settings = settings;
    this.#limitsMs = limitsMs;
    this.#hosts = hosts.map((host) => ({ exact: literal(hostKey + host), bytes: ascii(host) }));
    this.#seen = new SeenLines(this.#buffer.view, rememberedLines, seed);
    this.#ring = new BucketRing(buckets);
  }

  get totals(): RouterLogTotals {
    return { ...this.#totals };
  }

  /** The loss announced last, for a message to a person. */
  get lastNotice(): LossNotice | null {
    return this.#lastNotice;
  }

  /** The newest time stamp of any counted line, milliseconds since the epoch; 0 for none. */
  get latestLineMs(): number {
    return this.#latestLineMs;
  }

  /**
   * Takes the next bytes of the log.
   *
   * @param nowMs the time of arrival, milliseconds since the epoch
   * @returns the canaries among them
   */
  push(chunk: Uint8Array, nowMs: number): readonly CanaryLine[] {
    this.#arrive(nowMs);
    this.#canaries = [];
    for (let offset = 0; offset < chunk.length;) {
      offset = this.#buffer.fill(chunk, offset);
      const end = this.#buffer.complete();
      for (let at = 0; at < end; at = this.#parser.end + 1) this.#count(at);
      if (this.#buffer.release(end) === 'overlong') {
        this.#totals.lines += 1;
        this.#unparsed(Number.NaN);
      }
    }
    return this.#canaries;
  }

  /** The stream ended, perhaps within a line; what is pushed next is another one. */
  cut(): void {
    this.#buffer.cut();
  }

  /** Lines between these two times, milliseconds since the epoch, may be missing: the buckets they touch are lost. */
  lose(fromMs: number, toMs: number, nowMs: number): void {
    this.#arrive(nowMs);
    this.#lose(fromMs, toMs);
  }

  /** Every bucket of one host that begins at or after `startMs` and before `endMs` and is still kept, oldest first. */
  read(host: string, startMs: number, endMs: number): readonly RouterBucket[] {
    const { bucketMs, hosts, buckets } = this.#settings;
    const place = hosts.indexOf(host);
    if (place < 0) throw new RangeError(`the router log does not count the host ${host}`);
    const found: RouterBucket[] = [];
    const first = Math.max(Math.ceil(startMs / bucketMs), this.#newest - buckets + 1);
    const last = Math.min(Math.ceil(endMs / bucketMs) - 1, this.#newest);
    for (let number = first; number <= last; number += 1) {
      const counted = this.#ring.peek(number);
      found.push(bucketOf(counted, place, number * bucketMs, this.#limitsMs.length));
    }
    return found;
  }

  #arrive(nowMs: number): void {
    const { bucketMs, buckets } = this.#settings;
    this.#nowMs = nowMs;
    this.#newest = Math.floor((nowMs + maxSkewMs) / bucketMs);
    this.#oldest = Math.max(0, this.#newest - buckets + 1);
  }

  #count(at: number): void {
    const kind = this.#parser.parse(at);
    this.#totals.lines += 1;
    if (kind === 'request') this.#request();
    else this.#noRequest(kind);
  }

  #request(): void {
    const parser = this.#parser;
    if (parser.idEnd > parser.idStart && standsAt(this.#buffer.view, parser.idStart, canary)) {
      this.#canary();
      return;
    }
    const place = this.#placeOf(parser.hostStart, parser.hostEnd);
    if (place < 0) {
      this.#totals.otherHosts += 1;
      return;
    }
    const number = Math.floor(parser.timeMs / this.#settings.bucketMs);
    if (number < this.#oldest || number > this.#newest) {
      this.#totals.outOfTime += 1;
      return;
    }
    const named = parser.idEnd > parser.idStart;
    const start = named ? parser.idStart : parser.messageStart;
    if (this.#seen.add(parser.timeMs, start, named ? parser.idEnd : parser.end)) {
      this.#totals.duplicates += 1;
      return;
    }
    this.#totals.counted += 1;
    if (parser.timeMs > this.#latestLineMs) this.#latestLineMs = parser.timeMs;
    const bucket = this.#ring.at(number);
    this.#add((bucket.hosts[place] ??= emptyCounts(this.#limitsMs.length)));
  }

  #add(counts: HostCounts): void {
    const { code, status, serviceMs } = this.#parser;
    const verdict = routerVerdict(code, status);
    counts.verdicts[verdict] += 1;
    if (code > 0) counts.codes[code] = (counts.codes[code] ?? 0) + 1;
    if (serviceMs < 0 || status === websocket || (verdict !== 'ok' && verdict !== 'bad')) return;
    const cell = latencyCell(serviceMs);
    counts.latency[cell] = (counts.latency[cell] ?? 0) + 1;
    for (let place = 0; place < this.#limitsMs.length; place += 1) {
      if (serviceMs > (this.#limitsMs[place] ?? Infinity))
        counts.slower[place] = (counts.slower[place] ?? 0) + 1;
    }
  }

  #canary(): void {
    const { idStart, idEnd, timeMs } = this.#parser;
    // One from the future proves nothing: the lines of users beside it are not counted either.
    if (timeMs > this.#nowMs + maxSkewMs) {
      this.#totals.outOfTime += 1;
      return;
    }
    this.#totals.canaries += 1;
    if (idEnd - idStart > maxCanaryIdLength || this.#canaries.length >= maxCanaries) return;
    const requestId = String.fromCharCode(...this.#buffer.bytes.subarray(idStart, idEnd));
    this.#canaries.push({ requestId, atMs: timeMs });
  }

  #noRequest(kind: Exclude<LineKind, 'request'>): void {
    const { messageStart, end, timeMs } = this.#parser;
    const notice = kind === 'logplex' ? readLossNotice(this.#buffer.bytes, messageStart, end) : null;
    if (notice !== null) {
      this.#totals.lossNotices += 1;
      this.#totals.droppedMessages += notice.dropped ?? 0;
      this.#lastNotice = notice;
      this.#lose(notice.sinceMs ?? timeMs - this.#settings.bucketMs, timeMs);
    }
    if (kind === 'unparsed') this.#unparsed(timeMs);
    else this.#totals.other += 1;
  }

  #unparsed(timeMs: number): void {
    this.#totals.unparsed += 1;
    const number = Math.floor((Number.isNaN(timeMs) ? this.#nowMs : timeMs) / this.#settings.bucketMs);
    if (number >= this.#oldest && number <= this.#newest) this.#ring.at(number).unparsed += 1;
  }

  #lose(fromMs: number, toMs: number): void {
    const { bucketMs } = this.#settings;
    const last = Math.min(this.#newest, Math.floor(toMs / bucketMs));
    for (let number = Math.max(this.#oldest, Math.floor(fromMs / bucketMs)); number <= last; number += 1) {
      this.#ring.at(number).lost = true;
    }
  }

  /** The host's place in the settings, or -1; a port behind the name does not count. */
  #placeOf(start: number, end: number): number {
    const { view } = this.#buffer;
    let place = 0;
    for (const { exact, bytes } of this.#hosts) {
      const behind = start + bytes.length;
      const whole = behind === end || (behind < end && view.getUint8(behind) === 0x3a);
      if (whole && (standsAt(view, start - hostKey.length, exact) || sameName(view, start, bytes)))
        return place;
      place += 1;
    }
    return -1;
  }
}

/** Compares without regard to the case of ASCII letters. */
function sameName(view: DataView, start: number, lowerCase: Uint8Array): boolean {
  for (let index = 0; index < lowerCase.length; index += 1) {
    const byte = view.getUint8(start + index);
    if ((byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte) !== lowerCase[index]) return false;
  }
  return true;
}

function bucketOf(
  bucket: CountedBucket | undefined,
  place: number,
  startMs: number,
  limits: number,
): RouterBucket {
  const counts = bucket?.hosts[place] ?? emptyCounts(limits);
  const { ok, bad, excluded, misrouted, ambiguous, platform } = counts.verdicts;
  const codes = new Map<string, number>();
  counts.codes.forEach((count, code) => {
    if (count > 0) codes.set(`H${code}`, count);
  });
  return {
    startMs,
    total: ok + bad,
    bad,
    excluded,
    misrouted,
    ambiguous,
    platform,
    codes,
    latency: counts.latency.slice(),
    slower: counts.slower.slice(),
    unparsed: bucket?.unparsed ?? 0,
    lost: bucket?.lost ?? false,
  };
}
