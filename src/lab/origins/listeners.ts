import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface ListenersOptions {
  readonly addresses: readonly string[];
  readonly optionalAddresses: readonly string[];
  readonly port: number;
  readonly tls: Pick<ServerOptions, 'cert' | 'key' | 'SNICallback'>;
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Per address; the lab's clients and probes together hold a few hundred. */
const maxConnections = 4_096;

/** The load balancer's default idle timeout (Elastic Load Balancing guide, "Connection idle timeout"). */
const idleTimeoutMs = 60_000;

/** One HTTPS listener per address, which close for good: sockets are destroyed, so that new connections are refused at once. */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #sockets = new Set<Socket>();
  #servers: Server[] = [];
  #port: number;
  #addresses: readonly string[];

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#addresses = options.addresses;
  }

  /** The addresses of the last time it was open. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens on every address, or on none and throws. Addresses that are optional are left out when they cannot be bound. */
  async open(): Promise<void> {
    const bound: string[] = [];
    try {
      for (const address of this.#options.addresses) {
        await this.#listen(address);
        bound.push(address);
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    for (const address of this.#options.optionalAddresses) {
      const listens = await this.#listen(address).then(
        () => true,
        () => false,
      );
      if (listens) bound.push(address);
    }
    this.#addresses = bound;
  }

  async close(): Promise<void> {
    const servers = this.#servers;
    this.#servers = [];
    const closed = servers.map((server) => once(server, 'close'));
    for (const server of servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(address: string): Promise<void> {
    const server = createServer(
      { ...this.#options.tls, keepAliveTimeout: idleTimeoutMs },
      this.#options.serve,
    );
    server.maxConnections = maxConnections;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(this.#port, address);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#servers.push(server);
  }
}
