import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../zone/refusal.js';
import { errorBody } from './answer.js';
import type { Answer } from './answer.js';
import { readAuthorization } from './authorization.js';
import type { LoggedRequest } from './request-log.js';
import { matchRoute } from './routes.js';
import type { MatchedRoute } from './routes.js';
import { writeXml } from './xml.js';

/** One request and the way to answer it. */
export class Exchange {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly route: MatchedRoute | undefined;
  readonly action: string;
  /** Set when the request has no acceptable authorization. */
  readonly refusal: Refusal | undefined;
  readonly #requestId = randomUUID();
  readonly #path: string;
  readonly #accessKeyId: string | undefined;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.method = request.method ?? 'GET';
    this.#path = request.url ?? '/';
    const [pathname = '/', query] = this.#path.split('?', 2);
    this.pathname = pathname;
    this.query = new URLSearchParams(query);
    this.route = matchRoute(this.method, pathname);
    this.action = this.route?.action ?? 'Unknown';
    const caller = readAuthorization(request.headers.authorization);
    this.refusal = caller.kind === 'refused' ? caller : undefined;
    this.#accessKeyId = caller.kind === 'caller' ? caller.accessKeyId : undefined;
    this.#response = response;
  }

  described(): Pick<LoggedRequest, 'method' | 'path' | 'action' | 'requestId' | 'zoneId' | 'accessKeyId'> {
    const zoneId = this.#path.includes('/hostedzone/') ? this.route?.id : undefined;
    return {
      method: this.method,
      path: this.#path,
      action: this.action,
      requestId: this.#requestId,
      ...(zoneId === undefined ? {} : { zoneId }),
      ...(this.#accessKeyId === undefined ? {} : { accessKeyId: this.#accessKeyId }),
    };
  }

  reply(result: Answer | Refusal): void {
    const xml =
      result.kind === 'answer' ? writeXml(result.root, result.content) : errorBody(result, this.#requestId);
    this.#response.writeHead(result.httpStatus, {
      'x-amzn-RequestId': this.#requestId,
      'Content-Type': 'text/xml',
      'Content-Length': Buffer.byteLength(xml),
      ...(result.kind === 'answer' && result.location !== undefined ? { Location: result.location } : {}),
    });
    this.#response.end(xml);
  }
}
