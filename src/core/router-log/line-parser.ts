import {
  carriageReturn,
  lineFeed,
  literal,
  quote,
  quoteOrLineEnd,
  lineEnd,
  space,
  standsAt,
  wordEnd,
  type Literal,
} from './scan.js';
import { LogTime } from './log-time.js';

/**
 * - `request`: one request, all fields are set.
 * - `logplex`: a message of the log system itself, which is how it announces loss.
 * - `other`: a well-formed line of another process, or an empty one.
 * - `unparsed`: a router line outside the grammar, or no log line at all.
 */
export type LineKind = 'request' | 'logplex' | 'other' | 'unparsed';

const sessionRouter = literal(' heroku[router]: ');
const sessionLogplex = literal(' heroku[logplex]: ');
const sessionLogplexNode = literal(' logplex[');
const drainVersion = '>1 '.length;
const drainRouter = literal(' heroku router - ');
const drainLogplex = literal(' heroku logplex - ');
const drainLogplexNode = literal(' logplex ');
const sockets = [literal('sock=client '), literal('sock=backend ')];
const levels = [literal('at=info'), literal('at=warning'), literal('at=error')];
const code = literal(' code=H');
const description = literal(' desc="');
const cause = literal(' cause="');
const method = literal(' method=');
const path = literal(' path=');
const host = literal(' host=');
const requestId = literal(' request_id=');
const forwarded = literal(' fwd=');
const dyno = literal(' dyno=');
const connect = literal(' connect=');
const service = literal(' service=');
const status = literal(' status=');
const byteCount = literal(' bytes=');
/** `ms` */
const milliseconds = 0x6d73;
const protocol = literal(' protocol=');
const protocols = [literal('http1.1'), literal('http2.0'), literal('https'), literal('http')];
const tls = literal(' tls=');
const tlsUse = [literal('true'), literal('false')];
const tlsVersion = literal(' tls_version=');
const agent = literal(' agent="');

/** Longer numbers than this are nobody's; they would no longer be exact. */
const maxDigits = 12;

/**
 * Reads lines of the Heroku router where they lie, without making a string of any (Heroku Dev Center, "HTTP Routing", "Heroku
 * router log format").
 *
 * The grammar is one fixed order of fields read from the left, never a search for `key=value`: clients choose the path, the
 * forwarded addresses and the agent, and Router 2.0 logs the path percent-decoded. A quoted path ends at the first `" host=`;
 * the addresses and the agent hold no quote. Forged fields have then nowhere to go but into the path, or they leave a rest
 * that no field can take, and the line is `unparsed`.
 */
export class LineParser {
  readonly #view: DataView;
  readonly #time: LogTime;
  #number = -1;

  /** Of the line's time stamp, milliseconds since the epoch; NaN when it has none. */
  timeMs = 0;
  /** The digits of the H-code, 0 for none. */
  code = 0;
  /** 0 when it is blank. */
  status = 0;
  /** Milliseconds until the dyno accepted, -1 when it is blank. */
  connectMs = -1;
  /** Milliseconds of proxying, the transfer of both bodies included, -1 when it is blank. */
  serviceMs = -1;
  pathStart = 0;
  pathEnd = 0;
  hostStart = 0;
  hostEnd = 0;
  /** Start and end are equal for a line of the days before request ids. */
  idStart = 0;
  idEnd = 0;
  /** Where the message behind the header begins; for another process, its name. */
  messageStart = 0;
  /** The position of the line feed. */
  end = 0;

  /** @param view lines that each end in a line feed, at least 64 bytes readable behind the last of them */
  constructor(view: DataView) {
    this.#view = view;
    this.#time = new LogTime(view);
  }

  /** Reads the line that begins at `start`; a line feed must follow somewhere. */
  parse(start: number): LineKind {
    this.timeMs = Number.NaN;
    const kind = this.#header(start);
    if (kind === 'request') {
      const end = this.#message(this.messageStart);
      if (end >= 0) {
        this.end = end;
        return kind;
      }
    }
    this.end = lineEnd(this.#view, start);
    return kind === 'request' ? 'unparsed' : kind;
  }

  #header(start: number): LineKind {
    const first = this.#view.getUint8(start);
    const empty =
      first === lineFeed || (first === carriageReturn && this.#view.getUint8(start + 1) === lineFeed);
    if (empty) return 'other';
    return first === 0x3c ? this.#drainHeader(start) : this.#sessionHeader(start);
  }

  /** `<time> heroku[router]: ` */
  #sessionHeader(start: number): LineKind {
    const view = this.#view;
    const next = this.#time.read(start);
    if (next < 0) return 'unparsed';
    this.timeMs = this.#time.ms;
    if (standsAt(view, next, sessionRouter)) {
      this.messageStart = next + sessionRouter.length;
      return 'request';
    }
    this.messageStart = next;
    return standsAt(view, next, sessionLogplex) || standsAt(view, next, sessionLogplexNode)
      ? 'logplex'
      : 'other';
  }

  /** `<158>1 <time> host heroku router - `: RFC 5424 without structured data; the number and the host say nothing. */
  #drainHeader(start: number): LineKind {
    const view = this.#view;
    const priority = this.#digits(start + 1);
    if (priority < 0 || view.getUint16(priority) !== 0x3e31 || view.getUint8(priority + 2) !== space)
      return 'unparsed';
    const stamp = this.#time.read(priority + drainVersion);
    if (stamp < 0 || view.getUint8(stamp) !== space) return 'unparsed';
    this.timeMs = this.#time.ms;
    const next = wordEnd(view, stamp + 1);
    if (standsAt(view, next, drainRouter)) {
      this.messageStart = next + drainRouter.length;
      return 'request';
    }
    this.messageStart = next;
    return standsAt(view, next, drainLogplex) || standsAt(view, next, drainLogplexNode) ? 'logplex' : 'other';
  }

  /** Every step below answers the position behind what it read, or -1. */
  #message(start: number): number {
    let next = this.#verb(start);
    if (next < 0) return -1;
    next = this.#target(next);
    if (next < 0) return -1;
    next = this.#client(next);
    if (next < 0) return -1;
    next = this.#outcome(next);
    return next < 0 ? -1 : this.#rest(next);
  }

  /** `[sock=...] at=... [code=H12 desc="..." [cause="..."]] method=GET` */
  #verb(start: number): number {
    const view = this.#view;
    let next = start;
    if (view.getUint8(next) === 0x73) next = this.#oneOf(next, sockets);
    if (next < 0) return -1;
    next = this.#oneOf(next, levels);
    if (next < 0) return -1;
    this.code = 0;
    if (standsAt(view, next, code)) {
      const digits = next + code.length;
      next = this.#digits(digits);
      if (next !== digits + 2) return -1;
      this.code = this.#number;
      next = this.#quoted(next, description);
      if (next >= 0 && standsAt(view, next, cause)) next = this.#quoted(next, cause);
      if (next < 0) return -1;
    }
    return standsAt(view, next, method) ? wordEnd(view, next + method.length) : -1;
  }

  /** `path="/" host=shop.example.com`; old lines do not quote the path. */
  #target(start: number): number {
    const view = this.#view;
    if (!standsAt(view, start, path)) return -1;
    let next = start + path.length;
    if (view.getUint8(next) === quote) {
      this.pathStart = next + 1;
      do {
        next = quoteOrLineEnd(view, next + 1);
        if (view.getUint8(next) === lineFeed) return -1;
      } while (!standsAt(view, next + 1, host));
      this.pathEnd = next;
      next += 1;
    } else {
      this.pathStart = next;
      next = wordEnd(view, next);
      this.pathEnd = next;
      if (!standsAt(view, next, host)) return -1;
    }
    this.hostStart = next + host.length;
    this.hostEnd = wordEnd(view, this.hostStart);
    return this.hostEnd;
  }

  /** `request_id=... fwd="..."` */
  #client(start: number): number {
    const view = this.#view;
    let next = start;
    this.idStart = this.idEnd = next;
    if (standsAt(view, next, requestId)) {
      this.idStart = next + requestId.length;
      next = this.idEnd = wordEnd(view, this.idStart);
    }
    if (!standsAt(view, next, forwarded)) return -1;
    next += forwarded.length;
    if (view.getUint8(next) !== quote) return wordEnd(view, next);
    next = quoteOrLineEnd(view, next + 1);
    return view.getUint8(next) === quote ? next + 1 : -1;
  }

  /** `dyno=web.1 connect=0ms service=12ms status=200 bytes=512`; any of them may be blank, and `ms` may be missing. */
  #outcome(start: number): number {
    const view = this.#view;
    if (!standsAt(view, start, dyno)) return -1;
    let next = wordEnd(view, start + dyno.length);
    if (!standsAt(view, next, connect)) return -1;
    next = this.#milliseconds(next + connect.length);
    if (next < 0 || !standsAt(view, next, service)) return -1;
    this.connectMs = this.#number;
    next = this.#milliseconds(next + service.length);
    if (next < 0 || !standsAt(view, next, status)) return -1;
    this.serviceMs = this.#number;
    const digits = next + status.length;
    next = this.#digits(digits);
    if (next !== digits && next !== digits + 3) return -1;
    this.status = Math.max(0, this.#number);
    return standsAt(view, next, byteCount) ? this.#digits(next + byteCount.length) : -1;
  }

  /** What follows `bytes`, in any order, up to the end of the line. */
  #rest(start: number): number {
    const view = this.#view;
    let next = start;
    while (view.getUint8(next) === space) {
      if (standsAt(view, next, protocol)) next = this.#oneOf(next + protocol.length, protocols);
      else if (standsAt(view, next, tls)) next = this.#oneOf(next + tls.length, tlsUse);
      else if (standsAt(view, next, tlsVersion)) next = wordEnd(view, next + tlsVersion.length);
      else next = this.#quoted(next, agent);
      if (next < 0) return -1;
    }
    if (view.getUint8(next) === carriageReturn) next += 1;
    return view.getUint8(next) === lineFeed ? next : -1;
  }

  #oneOf(start: number, literals: readonly Literal[]): number {
    for (const expected of literals) {
      if (standsAt(this.#view, start, expected)) return start + expected.length;
    }
    return -1;
  }

  #quoted(start: number, opening: Literal): number {
    if (!standsAt(this.#view, start, opening)) return -1;
    const end = quoteOrLineEnd(this.#view, start + opening.length);
    return this.#view.getUint8(end) === quote ? end + 1 : -1;
  }

  /** Sets `#number`, to -1 when there is no digit. */
  #digits(start: number): number {
    const view = this.#view;
    let next = start;
    let sum = 0;
    for (
      let digit = view.getUint8(next) - 0x30;
      digit >= 0 && digit <= 9;
      digit = view.getUint8(next) - 0x30
    ) {
      sum = sum * 10 + digit;
      next += 1;
    }
    this.#number = next === start ? -1 : sum;
    return next - start > maxDigits ? -1 : next;
  }

  #milliseconds(start: number): number {
    const next = this.#digits(start);
    return next > start && this.#view.getUint16(next) === milliseconds ? next + 2 : next;
  }
}
