import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DecodedPacket } from 'dns-packet';
import { err, ok, type Result } from '../../core/result.js';
import {
  createQuery,
  responseTo,
  type DnsServer,
  type Query,
  type Question,
  type Unanswered,
} from './question.js';
import { askOverTcp } from './tcp-exchange.js';

/** One UDP socket to one server, for several questions at a time. */
export interface UdpChannel {
  /**
   * Asks once. An answer cut short is asked for again over TCP, within the same time.
   * @throws Error when the name cannot be written in a packet.
   */
  ask(question: Question, timeoutMs: number, signal: AbortSignal): Promise<Result<DecodedPacket, Unanswered>>;
  /** Ends what is still waiting as `stopped`. */
  close(): void;
}

type Outcome = Result<DecodedPacket, Unanswered>;

interface Waiting {
  readonly query: Query;
  settle(outcome: Outcome): void;
}

/**
 * Opens a socket to the server; undefined where the system knows no way to that address.
 *
 * The socket is connected, so the system drops packets from any other address and reports a closed port at once. A packet
 * counts only when its id and question match too (RFC 5452); anything else is ignored.
 */
export async function openUdpChannel(server: DnsServer): Promise<UdpChannel | undefined> {
  const socket = createSocket(server.address.includes(':') ? 'udp6' : 'udp4');
  const connected = once(socket, 'connect');
  socket.connect(server.port, server.address);
  try {
    await connected;
  } catch {
    socket.close();
    return undefined;
  }
  return new ConnectedChannel(server, socket);
}

class ConnectedChannel implements UdpChannel {
  readonly #server: DnsServer;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();

  constructor(server: DnsServer, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    socket.on('message', (bytes) => this.#receive(bytes));
    // A closed port of the server arrives here (ICMP port unreachable), some time after the send that met it.
    socket.on('error', () => this.#settleAll('unreachable'));
  }

  async ask(question: Question, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return err('stopped');
    const endsAt = performance.now() + timeoutMs;
    const query = this.#freshQuery(question);
    const outcome = await this.#exchange(query, timeoutMs, signal);
    if (!outcome.ok || !outcome.value.flag_tc) return outcome;
    return await askOverTcp(this.#server, query, endsAt - performance.now(), signal);
  }

  close(): void {
    this.#settleAll('stopped');
    this.#socket.close();
  }

  #freshQuery(question: Question): Query {
    let query = createQuery(question);
    while (this.#waiting.has(query.id)) query = createQuery(question);
    return query;
  }

  #exchange(query: Query, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#waiting.delete(query.id);
        resolve(outcome);
      };
      const stop = (): void => settle(err('stopped'));
      const timer = setTimeout(() => settle(err('timeout')), timeoutMs);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.set(query.id, { query, settle });
      this.#socket.send(query.packet, (error) => {
        // The system reports each refusal once, to whichever send comes next, so it is news for all that wait.
        if (error !== null) this.#settleAll('unreachable');
      });
    });
  }

  #receive(bytes: Buffer): void {
    const waiting = bytes.length < 2 ? undefined : this.#waiting.get(bytes.readUInt16BE(0));
    if (waiting === undefined) return;
    const packet = responseTo(waiting.query, bytes);
    if (packet !== undefined) waiting.settle(ok(packet));
  }

  #settleAll(reason: Unanswered): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle(err(reason));
  }
}
