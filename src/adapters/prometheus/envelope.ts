import type { ProviderFailure, ProviderFailureReason } from '../../core/failure.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import type { HttpAnswer } from './exchange.js';
import { queryFailure } from './failure.js';
import type { Secrets } from './secrets.js';

/** A successful range query, not yet looked into. */
export interface RangeResult {
  readonly series: readonly unknown[];
  /** The server says that the answer may be incomplete or wrong. */
  readonly warnings: readonly string[];
  /** The server says that the query may not mean what its author thinks. */
  readonly infos: readonly string[];
}

const maxForeign = 300;

/** Names the server in messages, and keeps what was sent to it out of them. */
interface Asked {
  readonly base: string;
  readonly secrets: Secrets;
}

/** Reads the envelope of the HTTP API (Prometheus documentation, "HTTP API", "Format overview"): a failure, or the series of a matrix. */
export function rangeResult(
  answer: HttpAnswer,
  { base, secrets }: Asked,
): Result<RangeResult, ProviderFailure> {
  const { status, location } = answer;
  if (status >= 300 && status < 400) {
    const place = secrets.hide(placeOf(location, base));
    const message = `${base} answered ${status}, a redirect to ${place}; if that is Prometheus, give its address`;
    return err(queryFailure('invalid', message));
  }
  const envelope = parse(answer.body);
  const said = saidBy(envelope, secrets);
  if (status === 401 || status === 403) {
    const message = `${base} refused access (${status})${said}; check the credentials`;
    return err(queryFailure('denied', message));
  }
  if (status !== 200) {
    return err(queryFailure(reasonOf(status), `${base} answered ${status}${said}${hint(status)}`));
  }
  if (envelope === null) return err(queryFailure('invalid', notJson(answer, { base, secrets })));
  if (envelope['status'] !== 'success') {
    return err(queryFailure('unknown', `${base} answered 200 without success${said}`));
  }
  return matrixOf(envelope, { base, secrets });
}

function matrixOf(envelope: JsonObject, { base, secrets }: Asked): Result<RangeResult, ProviderFailure> {
  const { data } = envelope;
  const type = isObject(data) ? data['resultType'] : undefined;
  if (type !== 'matrix') {
    const given = typeof type === 'string' ? `a ${quote(secrets.hide(type))}` : 'no result type';
    return err(queryFailure('invalid', `${base} answered a range query with ${given} in place of a matrix`));
  }
  const series = isObject(data) ? data['result'] : undefined;
  const warnings = texts(envelope['warnings']);
  const infos = texts(envelope['infos']);
  if (!Array.isArray(series) || warnings === null || infos === null) {
    return err(queryFailure('invalid', `${base} answered a matrix that is not built as documented`));
  }
  return ok({ series, warnings, infos });
}

/** 503 is "when queries time out or abort"; 400 and 422 are the query's own fault; other codes come from what stands in front. */
function reasonOf(status: number): ProviderFailureReason {
  if (status === 400 || status === 422) return 'invalid';
  if (status === 404 || status === 405) return 'not-found';
  if (status === 429) return 'throttled';
  return status === 408 || status === 504 ? 'timeout' : 'unavailable';
}

function hint(status: number): string {
  if (status === 404) return '; is its path right?';
  return status === 405 ? '; does what stands in front of it allow POST?' : '';
}

function notJson({ contentType, body }: HttpAnswer, { base, secrets }: Asked): string {
  const isPage = contentType.toLowerCase() === 'text/html';
  const what = isPage
    ? 'a web page, perhaps to log in'
    : quote(secrets.hide(contentType)) || 'no content type';
  return `${base} answered something that is not JSON (${what}): ${quote(secrets.hide(body.slice(0, 10_000)))}`;
}

/** Nothing but the place: what follows in a redirect often is a ticket. */
function placeOf(location: string | null, base: string): string {
  if (location === null || !URL.canParse(location, base)) return 'nowhere';
  const { origin, host, protocol, pathname } = new URL(location, base);
  return origin === 'null' ? `${protocol}//${host}${pathname}` : `${origin}${pathname}`;
}

/** The server's own words, from the envelope alone; a proxy's page says nothing in a line. */
function saidBy(envelope: JsonObject | null, secrets: Secrets): string {
  const type = envelope?.['errorType'];
  const error = envelope?.['error'];
  if (typeof error !== 'string') return '';
  const kind = typeof type === 'string' && type !== '' ? `${quote(secrets.hide(type))}, ` : '';
  return `: ${kind}${safeText(secrets.hide(error), maxForeign)}`;
}

function quote(text: string): string {
  return safeText(text, 80);
}

function texts(value: unknown): readonly string[] | null {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : null;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
