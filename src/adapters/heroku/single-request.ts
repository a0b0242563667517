import Request from 'heroku-client/lib/request.js';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AnswerError } from './answer-error.js';

/** Heroku hands out 1,000 items a page; nobody has that many domains. */
const maxPages = 20;
const maxBytes = 8 * 1024 * 1024;

/**
 * heroku-client's request, sent once and always settled.
 *
 * By itself the library sends any request up to five times after a network error, its own timeout included, for as long as 15
 * seconds after the promise has settled; it never settles when a body is cut off, and throws outside the promise on a 304.
 */
export class SingleRequest extends Request {
  /** Of the last answer; the library gives away nothing but the body. */
  headers: IncomingHttpHeaders = {};
  #pages = 0;
  #bytes = 0;

  override isRetryAllowed(): boolean {
    return false;
  }

  override handleResponse(response: IncomingMessage): void {
    this.headers = response.headers;
    this.#pages += 1;
    response.on('error', () => undefined);
    response.on('close', () => {
      if (!response.complete) this.#fail(response, 'the answer was cut off');
    });
    if (response.statusCode === 304) {
      this.#fail(response, 'answered 304 to a request that had no condition');
      return;
    }
    if (this.#pages > maxPages) {
      this.#fail(response, `the answer has more than ${maxPages} pages`);
      return;
    }
    // Chunks are joined as strings, which would break a character that lies across two of them.
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.#bytes += text.length;
      if (this.#bytes > maxBytes) this.#fail(response, 'the answer is larger than 8 MiB');
    });
    super.handleResponse(response);
  }

  #fail(response: IncomingMessage, message: string): void {
    this.reject(new AnswerError(message, response.statusCode));
    response.destroy();
  }

  /** Closes what is still open. Without it a silent server would keep the process alive. */
  close(): void {
    this.agent.destroy?.();
  }
}
