import type { ServerResponse } from 'node:http';
import type { LogLine } from './app-log.js';
import { overflowNotice } from './app-logs.js';

/** What a reader may be behind before lines are thrown away. */
const largestBacklogBytes = 1024 * 1024;

/** One connection to a log session: server-sent events for those who accept them, plain text for others. */
export class LogTail {
  readonly #response: ServerResponse;
  readonly #asEvents: boolean;
  readonly #now: () => number;
  #dropped = 0;
  #droppedSinceMs = 0;

  constructor(response: ServerResponse, accept: string | undefined, now: () => number) {
    this.#response = response;
    this.#asEvents = accept?.includes('text/event-stream') === true;
    this.#now = now;
    const type = this.#asEvents ? 'text/event-stream' : 'text/plain; charset=utf-8';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
    response.flushHeaders();
    response.on('drain', () => this.send([]));
  }

  /** Writes the lines, or throws them away and says so later when the reader does not keep up. */
  send(lines: readonly LogLine[]): void {
    if (this.#response.writableLength > largestBacklogBytes) {
      if (this.#dropped === 0) this.#droppedSinceMs = this.#now();
      this.#dropped += lines.length;
      return;
    }
    if (this.#dropped > 0) {
      const notice = overflowNotice(this.#now(), this.#dropped, this.#droppedSinceMs);
      this.#dropped = 0;
      this.#response.write(this.#asEvents ? `data: ${notice}\n\n` : `${notice}\n`);
    }
    if (lines.length === 0) return;
    this.#response.write(lines.map((line) => this.#framed(line)).join(''));
  }

  /** A comment, which readers of events pass over; plain text has none. */
  keepAlive(): void {
    if (this.#asEvents && this.#response.writableLength === 0) this.#response.write(': keep-alive\n\n');
  }

  #framed({ id, text }: LogLine): string {
    return this.#asEvents ? `id: ${id}\ndata: ${text}\n\n` : `${text}\n`;
  }
}
