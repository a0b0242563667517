import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.js';
import { createNotifier, type NotifierSettings } from '../../../src/adapters/notify/notifier.js';
import { ok } from '../../../src/core/result.js';
import type { Notifier } from '../../../src/engine/ports.js';
import type { Chain } from '../probe/certificates.js';

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An https server on loopback that keeps what it is sent. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** What it answers; 200 and nothing else when it is left alone. */
  answer: (response: ServerResponse) => unknown = (response) => response.end();
  readonly #server: Server;
  readonly #sockets = new Set<{ destroy(): unknown }>();

  private constructor(chain: Chain) {
    this.#server = createServer({ cert: chain.chainPem, key: chain.privateKeyPem }, (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { url: path = '', method = '', headers } = request;
        this.received.push({ path, method, headers, body });
        this.answer(response);
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(chain: Chain): Promise<Receiver> {
    const receiver = new Receiver(chain);
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that were ever made. */
  get connections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A notifier for which every name leads to these addresses. */
export function notifierAt(
  addresses: readonly string[],
  settings: Partial<NotifierSettings> & Pick<NotifierSettings, 'roots'>,
): Notifier {
  return createNotifier({
    dns: { addresses: () => Promise.resolve(ok(addresses)) },
    clock: createSystemClock(),
    variable: () => undefined,
    place: { machine: 'ops-1', stateDirectory: '/var/lib/shift' },
    ...settings,
  });
}
