import { Agent, request, type Dispatcher } from 'undici';
import type { ProviderFailure } from '../../core/failure.js';
import { err, ok, type Result } from '../../core/result.js';
import { formatDuration } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { underDeadline } from '../probe/deadline.js';
import type { Access } from './access.js';
import { queryFailure } from './failure.js';
import { troubleOf } from './trouble.js';

/** What a server answered, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  /** Without parameters; empty when there is none. */
  readonly contentType: string;
  readonly location: string | null;
  /** The server's own time, in milliseconds since the epoch; null when it does not say. */
  readonly dateMs: number | null;
  readonly body: string;
}

export interface ExchangeLimits {
  readonly clock: Clock;
  /** Connecting, headers and body together. */
  readonly timeoutMs: number;
  /** Of the body; what is longer is not read to its end. */
  readonly maxBytes: number;
  readonly connections: number;
}

/** Connections to one server, closed with it. */
export class Exchange implements AsyncDisposable {
  readonly #access: Access;
  readonly #limits: ExchangeLimits;
  readonly #agent: Agent;

  constructor(access: Access, limits: ExchangeLimits) {
    this.#access = access;
    this.#limits = limits;
    this.#agent = new Agent({
      connections: limits.connections,
      // The one deadline is around everything; the connection's own is only a little longer, so that it ends at all.
      connect: { ...access.trust, ca: [...access.trust.ca], timeout: limits.timeoutMs + 1_000 },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  /** One POST of a form, tried once. Redirects are not followed: they would carry the credentials elsewhere. Never rejects. */
  async post(
    path: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, ProviderFailure>> {
    const { clock, timeoutMs } = this.#limits;
    const { base, secrets } = this.#access;
    try {
      const asked = await underDeadline(clock, timeoutMs, signal, (stop) => this.#ask(path, form, stop));
      if (asked.ok) return asked.value;
      if (asked.error === 'caller') {
        return err(
          queryFailure('unavailable', `the question to ${base} was ended before there was an answer`),
        );
      }
      return err(queryFailure('timeout', `${base} did not answer within ${formatDuration(timeoutMs)}`));
    } catch (error) {
      const { reason, message } = troubleOf(error, base);
      return err(queryFailure(reason, secrets.hide(message)));
    }
  }

  async #ask(
    path: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, ProviderFailure>> {
    const { base, headers } = this.#access;
    const answer = await request(`${base}${path}`, {
      dispatcher: this.#agent,
      method: 'POST',
      headers: {
        'user-agent': 'shift',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
      signal,
    });
    const body = await this.#read(answer.body);
    if (!body.ok) return body;
    return ok({
      status: answer.statusCode,
      contentType: header(answer, 'content-type').replace(/;.*$/s, '').trim(),
      location: header(answer, 'location') || null,
      dateMs: numberOrNull(Date.parse(header(answer, 'date'))),
      body: body.value,
    });
  }

  async #read(body: Dispatcher.ResponseData['body']): Promise<Result<string, ProviderFailure>> {
    const { maxBytes } = this.#limits;
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) {
        const message = `${this.#access.base} answered more than ${maxBytes} bytes; a query must give one series, so put sum(...) around it`;
        return err(queryFailure('invalid', message));
      }
      chunks.push(chunk);
    }
    return ok(Buffer.concat(chunks).toString('utf8'));
  }
}

/** Of a header that came more than once, the first. */
function header({ headers }: Dispatcher.ResponseData, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
