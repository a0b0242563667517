import type { IncomingHttpHeaders } from 'node:http';
import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { safeText } from '../../core/safe-text.js';
import { AnswerError } from './answer-error.js';

/** What a failed call was about. */
export interface FailedCall {
  readonly operation: string;
  readonly app: string;
  readonly token: string;
  /** Of the last answer; empty when there was none. */
  readonly headers: IncomingHttpHeaders;
}

export function herokuFailure(
  operation: string,
  reason: ProviderFailureReason,
  message: string,
): ProviderFailure {
  return { reason, provider: 'heroku', operation, message, details: [] };
}

/** Turns whatever heroku-client rejected with into a failure. The one place that knows its errors. */
export function classify(error: unknown, call: FailedCall): ProviderFailure {
  const { statusCode, code, body, message } = fieldsOf(error);
  if (typeof statusCode === 'number') {
    const said = error instanceof AnswerError ? error.message : messageOf(body);
    return statusFailure(statusCode, withoutSecret(said, call.token), call);
  }
  if (error instanceof SyntaxError) {
    return herokuFailure(call.operation, 'unknown', 'Heroku answered something that is not JSON');
  }
  if (typeof code === 'string') {
    return herokuFailure(call.operation, 'unavailable', `Heroku cannot be reached (${safeText(code, 60)})`);
  }
  const trouble = withoutSecret(String(message), call.token);
  return herokuFailure(call.operation, 'unknown', `the call to Heroku failed: ${trouble}`);
}

/** Statuses of the Heroku Platform API reference, "Errors". */
function statusFailure(status: number, said: string, call: FailedCall): ProviderFailure {
  const { app, operation, headers } = call;
  const because = said === '' ? '' : `: ${said}`;
  switch (status) {
    case 401:
      return herokuFailure(
        operation,
        'denied',
        `Heroku does not accept the token in HEROKU_API_KEY${because}`,
      );
    case 403:
      return herokuFailure(operation, 'denied', `this token may not read the app ${app}${because}`);
    case 404:
      return herokuFailure(
        operation,
        'not-found',
        `the app ${app} does not exist or this token cannot see it`,
      );
    case 429: {
      const seconds = /^\d+$/.exec(headers['retry-after'] ?? '')?.[0];
      const wait = seconds === undefined ? '' : `; it asks to wait ${seconds} s`;
      return herokuFailure(operation, 'throttled', `Heroku's rate limit for this account is used up${wait}`);
    }
    default: {
      const reason = status >= 500 ? 'unavailable' : status >= 400 ? 'invalid' : 'unknown';
      return herokuFailure(operation, reason, `Heroku answered ${status}${because}`);
    }
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
}

/** Errors are `{id, message}`; some come as plain text or as `{error}`. */
function messageOf(body: unknown): string {
  const { message, error } = fieldsOf(body);
  return [body, message, error].find((text) => typeof text === 'string') ?? '';
}

/** A server, or a proxy in between, may echo what it was sent. */
function withoutSecret(text: string, token: string): string {
  const encoded = Buffer.from(`:${token}`).toString('base64');
  const visible = safeText(text, 10_000).replaceAll(encoded, '[token]').replaceAll(token, '[token]');
  return safeText(visible, 200);
}
