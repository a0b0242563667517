import type { ProviderFailure } from '../../core/failure.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration } from '../../core/time.js';
import type { Clock } from '../../engine/ports.js';
import { classify, herokuFailure } from '../heroku/classify.js';
import { SingleRequest } from '../heroku/single-request.js';
import { underDeadline } from '../probe/deadline.js';
import { routerLogSession, type CreateLogSession } from './router-tail.js';

/** As the Heroku Platform API reference names the call. */
export const logSessionOperation = 'Log Session Create';

/** Nobody's address is longer. */
const maxUrlLength = 2_000;

export interface LogSessionSettings {
  /** The API's URL without a path, or null for Heroku's own. */
  readonly host: string | null;
  /** Null when there is none: then every session is `denied` with what to type. */
  readonly token: string | null;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/**
 * Asks for sessions of one app's router log, one attempt each. An answer that is lost leaves a session behind that nobody reads;
 * Heroku forgets it after minutes.
 */
export function logSessionsOf(settings: LogSessionSettings, app: string): CreateLogSession {
  const { host, token, clock, deadlineMs } = settings;
  return async (signal) => {
    if (token === null || token === '')
      return refuse('denied', `no Heroku token; ${advice('set HEROKU_API_KEY')}`);
    const request = new SingleRequest({
      method: 'POST',
      path: `/apps/${encodeURIComponent(app)}/log-sessions`,
      body: routerLogSession,
      partial: true,
      token,
      headers: {},
      userAgent: 'shift',
      ...(host === null ? {} : { host }),
    });
    try {
      const answered = await underDeadline(clock, deadlineMs, signal, () => request.request());
      if (answered.ok) return addressIn(answered.value);
      return answered.error === 'caller'
        ? refuse('unknown', 'the call was ended before Heroku answered')
        : refuse('timeout', `Heroku did not answer within ${formatDuration(deadlineMs)}`);
    } catch (error) {
      const call = {
        operation: logSessionOperation,
        app: safeText(app, 60),
        token,
        headers: request.headers,
      };
      return err(withScope(classify(error, call), error));
    } finally {
      request.close();
    }
  };
}

function addressIn(body: unknown): Result<string, ProviderFailure> {
  const url = typeof body === 'object' && body !== null && 'logplex_url' in body ? body.logplex_url : null;
  return typeof url === 'string' && url.length <= maxUrlLength
    ? ok(url)
    : refuse('unknown', 'Heroku created a log session without an address');
}

/** A log session is created by a POST, which a token that may only read need not be allowed. */
function withScope(failure: ProviderFailure, error: unknown): ProviderFailure {
  const isForbidden = error instanceof Error && 'statusCode' in error && error.statusCode === 403;
  if (!isForbidden) return failure;
  return {
    ...failure,
    message: `${failure.message}; reading the router log ${advice('takes a token that may write')}`,
  };
}

function advice(what: string): string {
  return `${what}, for example the output of: heroku authorizations:create --short --scope read,write`;
}

function refuse(reason: ProviderFailure['reason'], message: string): { ok: false; error: ProviderFailure } {
  return { ok: false, error: herokuFailure(logSessionOperation, reason, message) };
}
