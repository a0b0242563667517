import { CachingResolver } from '../dns/caching-resolver.js';
import { openQuerySocket, type NameServerAddress, type QuerySocket } from '../dns/query-socket.js';
import type { Random } from '../random.js';
import { Client } from './client.js';
import { connectionOpener } from './connections.js';
import { Pace } from './pace.js';
import { Tally, type Count, type SecondCount, type SideAddresses, type SideShare } from './tally.js';

export interface ClientsOptions {
  /** The live hostname. */
  readonly host: string;
  /** Resolvers, each with one client behind it. */
  readonly resolvers: number;
  /** Of each client. */
  readonly requestsPerSecond: number;
  /** The part of the resolvers that keep answers beyond their TTL, 0 to 1. */
  readonly overstayFraction: number;
  /** Mean of the time they keep them longer. */
  readonly overstayMeanMs: number;
  /** The authoritative name servers, of every zone on the way from the host to its address. */
  readonly nameServers: readonly NameServerAddress[];
  readonly httpsPort: number;
  /** The certificate authority the clients trust, as PEM. */
  readonly ca: string;
  /** Time a request may take from connecting to the end of its answer. */
  readonly requestTimeoutMs?: number;
  readonly random: Random;
  /** Milliseconds on a clock that does not run backwards. */
  readonly now: () => number;
}

/** The users of the live hostname. */
export interface Clients extends AsyncDisposable {
  readonly running: boolean;
  /** Requests left out because a client had its share of requests under way already. */
  readonly skipped: number;
  start(): void;
  /** Sends nothing more until `start`; what is under way finishes. */
  stop(): void;
  /** Changes the rate of each client, in requests per second. */
  setRate(requestsPerSecond: number): void;
  /** Requests by side in the seconds that began at this instant of the clients' clock or later, at most 180 back. */
  share(sinceMs: number, sides: SideAddresses): SideShare;
  /** Finished requests per second and address, oldest first, at most 180 seconds back. */
  seconds(sinceMs: number): readonly SecondCount[];
  total(): Count;
  close(): Promise<void>;
}

const defaultRequestTimeoutMs = 3_000;
const tickMs = 20;

/** Starts the clients; they send real HTTPS requests, evenly spread in time, until stopped. */
export async function startClients(options: ClientsOptions): Promise<Clients> {
  const { random, now, requestsPerSecond } = options;
  const socket = await openQuerySocket(random);
  const tally = new Tally();
  const clients = clientsOf(options, socket, tally);
  const pace = new Pace(0, now);
  let perClient = requestsPerSecond;
  let running = false;
  let skipped = 0;
  let turn = 0;
  const tick = (): void => {
    for (let due = pace.take(); due > 0; due -= 1) {
      const client = clients[turn % clients.length];
      turn += 1;
      if (client?.ready === true) void client.visit();
      else skipped += 1;
    }
  };
  const run = (on: boolean): void => {
    running = on;
    pace.set(on ? perClient * clients.length : 0);
  };
  const timer = setInterval(tick, tickMs);
  const close = async (): Promise<void> => {
    run(false);
    clearInterval(timer);
    // Without a resolver no client can open a new connection while the old ones are closed.
    await socket.close();
    await Promise.all(clients.map((client) => client.close()));
  };
  let closing: Promise<void> | undefined;
  const closeOnce = (): Promise<void> => (closing ??= close());
  run(true);
  return {
    get running() {
      return running;
    },
    get skipped() {
      return skipped;
    },
    start: () => run(true),
    stop: () => run(false),
    setRate: (rate) => {
      perClient = rate;
      run(running);
    },
    share: (sinceMs, sides) => tally.share(sinceMs, sides),
    seconds: (sinceMs) => tally.seconds(sinceMs),
    total: () => tally.total(),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

function clientsOf(options: ClientsOptions, socket: QuerySocket, tally: Tally): readonly Client[] {
  const { host, resolvers, nameServers, now, random } = options;
  const requestTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  const open = connectionOpener({
    host,
    port: options.httpsPort,
    ca: options.ca,
    connectTimeoutMs: requestTimeoutMs,
  });
  const overstaying = Math.round(resolvers * options.overstayFraction);
  return Array.from({ length: resolvers }, (_, index) => {
    const overstayMeanMs = index < overstaying ? options.overstayMeanMs : 0;
    const resolver = new CachingResolver({ nameServers, ask: socket.ask, overstayMeanMs, now, random });
    return new Client({
      host,
      resolve: (name) => resolver.resolve(name),
      open,
      requestTimeoutMs,
      random,
      now,
      report: (outcome) => tally.add(outcome, now()),
    });
  });
}
