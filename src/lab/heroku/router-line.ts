import { randomUUID } from 'node:crypto';
import type { ServedRequest } from '../origins/served-request.js';
import type { HerokuApp } from './apps.js';

/**
 * What the router logs about one request, without a line feed (Heroku Dev Center, "HTTP Routing", "Heroku router log format"). The two
 * routers differ in the path and in what follows `bytes`.
 *
 * @param dyno the dyno that had the request, if it came to one
 */
export function routerLine(served: ServedRequest, app: HerokuApp, dyno: string): string {
  const { method, path, host, headers, clientAddress, bodyBytes, startedAtMs, finishedAtMs } = served;
  const { status, code, reached } = outcomeOf(served, app);
  const error = code === undefined ? '' : ` code=${code} desc="${descriptions[code]}"`;
  const serviceMs = Math.max(0, Math.round(finishedAtMs - startedAtMs));
  const legacy = app.router === 'legacy';
  return [
    `${timeStamp(finishedAtMs)} heroku[router]: ${socketOf(code)}at=${levelOf(code)}${error}`,
    `method=${method}`,
    `path="${legacy ? path : decoded(path)}"`,
    `host=${host}`,
    `request_id=${requestId(headers['x-request-id'])}`,
    `fwd="${forwarded(headers['x-forwarded-for'], clientAddress)}"`,
    reached ? `dyno=${dyno} connect=0ms service=${serviceMs}ms` : 'dyno= connect= service=',
    `status=${status}`,
    reached ? `bytes=${bodyBytes}` : 'bytes=',
    legacy ? 'protocol=https' : 'protocol=http1.1 tls=true tls_version=tls1.3',
  ].join(' ');
}

/** The words of Heroku Dev Center, "Heroku Error Codes". */
const descriptions = {
  H10: 'App crashed',
  H12: 'Request timeout',
  H25: 'HTTP restriction',
  H27: 'Client Request Interrupted',
  H32: 'TLS certificate mismatch',
  H80: 'Maintenance mode',
} as const;

type Code = keyof typeof descriptions;

/** A request without an answer after this long is ended by the router (Heroku Dev Center, "Request Timeout"). */
const requestTimeoutMs = 30_000;

interface LoggedOutcome {
  readonly status: number;
  readonly code: Code | undefined;
  /** Whether the request came to a dyno. */
  readonly reached: boolean;
}

function outcomeOf({ outcome, startedAtMs, finishedAtMs }: ServedRequest, app: HerokuApp): LoggedOutcome {
  switch (outcome.kind) {
    case 'application':
      return { status: outcome.status, code: undefined, reached: true };
    case 'abandoned':
      return { status: 499, code: 'H27', reached: true };
    case 'platform': {
      const { status } = outcome;
      if (status === 495) return { status, code: 'H32', reached: false };
      if (app.maintenance && status === 503) return { status, code: 'H80', reached: false };
      if (status === 502) return { status, code: 'H25', reached: true };
      if (status === 504 || finishedAtMs - startedAtMs >= requestTimeoutMs) {
        return { status, code: 'H12', reached: true };
      }
      return { status, code: 'H10', reached: false };
    }
  }
}

function levelOf(code: Code | undefined): 'info' | 'warning' | 'error' {
  if (code === undefined || code === 'H80') return 'info';
  return code === 'H27' ? 'warning' : 'error';
}

function socketOf(code: Code | undefined): string {
  return code === 'H27' ? 'sock=client ' : '';
}

/** Router 2.0 decodes the path before it logs it; line feeds stay encoded so that a line stays one. */
function decoded(path: string): string {
  try {
    return decodeURI(path).replace(/[\u0000-\u001f\u007f]/g, (control) => encodeURIComponent(control));
  } catch {
    return path;
  }
}

/** A client's own id is kept when it has 20 to 200 of these characters (Heroku Dev Center, "HTTP Request IDs"). */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9+/=-]{20,200}$/.test(given) ? given : randomUUID();
}

function forwarded(given: string | string[] | undefined, clientAddress: string): string {
  const before = typeof given === 'string' ? `${given.replace(/[^ -!#-~]/g, '')}, ` : '';
  return `${before}${clientAddress}`;
}

/** Microseconds and an offset, as logplex writes them. */
export function timeStamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000+00:00');
}
