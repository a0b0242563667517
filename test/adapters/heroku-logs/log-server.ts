import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A log server on loopback; answers are used up in order, the last one stays. */
export class LogServer implements AsyncDisposable {
  readonly #server: Server;
  readonly requests: IncomingMessage[] = [];
  readonly #answers: Answer[];
  /** The answer that was given last. */
  current: ServerResponse | undefined;

  private constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      this.current = response;
      const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
      answer?.(response, request);
    });
  }

  static async start(...answers: readonly Answer[]): Promise<LogServer> {
    const server = new LogServer(answers);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function refuse(status: number): Answer {
  return (response) => response.writeHead(status).end('gone');
}

/** Opens a stream of server-sent events with these lines and leaves it open. */
export function events(...lines: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    lines.forEach((line, index) => response.write(event(line, `${index + 1}`)));
  };
}

/** Opens a stream of plain text with these lines and leaves it open. */
export function text(...lines: readonly string[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    if (lines.length > 0) response.write(lines.join(''));
  };
}

export function event(line: string, id: string): string {
  return `id: ${id}\ndata: ${line.trimEnd()}\n\n`;
}
