import type { PrometheusServer } from '../../core/metric/metric-query.js';
import { err, ok, unreachable, type Result } from '../../core/result.js';
import type { Secrets } from './secrets.js';

/** The value of an environment variable, asked for at every call, so that a renewed token is used. */
export type Variable = (name: string) => string | undefined;

/** Those that the request itself sets or the connection needs. */
const ownHeaders = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110, section 5.6.2. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** Blanks at the ends are not part of a header's value, so they are most likely a slip. */
const headerValue = /^[!-~]([ -~]{0,8000}[!-~])?$/;

/**
 * The headers that show who asks, every secret of them noted. The error names the variable and never its value.
 */
export function credentials(
  server: PrometheusServer,
  variable: Variable,
  secrets: Secrets,
): Result<Readonly<Record<string, string>>, string> {
  const headers: Record<string, string> = {};
  const authorization = authorizationOf(server.auth, variable, secrets);
  if (!authorization.ok) return authorization;
  if (authorization.value !== null) headers['authorization'] = authorization.value;
  for (const [name, variableName] of Object.entries(server.headerVariables)) {
    const key = name.toLowerCase();
    if (!headerName.test(name) || ownHeaders.has(key)) {
      return err(`the header ${JSON.stringify(name)} cannot be set; leave it out of the headers`);
    }
    if (Object.hasOwn(headers, key)) return err(`the header ${name} is given twice; leave one out`);
    const value = valueOf(variableName, variable);
    if (!value.ok) return value;
    secrets.addHeader(value.value);
    headers[key] = value.value;
  }
  return ok(headers);
}

function authorizationOf(
  auth: PrometheusServer['auth'],
  variable: Variable,
  secrets: Secrets,
): Result<string | null, string> {
  switch (auth.kind) {
    case 'none':
      return ok(null);
    case 'bearer': {
      const token = valueOf(auth.tokenVariable, variable);
      if (!token.ok) return token;
      secrets.add(token.value);
      return ok(`Bearer ${token.value}`);
    }
    case 'basic': {
      // RFC 7617, section 2: the user name ends at the first colon.
      if (auth.user.includes(':')) return err('the user name for Prometheus may hold no colon');
      const password = variable(auth.passwordVariable) ?? '';
      if (password === '') return err(missing(auth.passwordVariable));
      const encoded = Buffer.from(`${auth.user}:${password}`).toString('base64');
      secrets.add(password);
      secrets.add(encoded);
      return ok(`Basic ${encoded}`);
    }
    default:
      return unreachable(auth);
  }
}

function valueOf(name: string, variable: Variable): Result<string, string> {
  const value = variable(name) ?? '';
  if (value === '') return err(missing(name));
  if (headerValue.test(value)) return ok(value);
  return err(
    `the value of ${name} cannot be sent in a header: it has a line break, a blank at an end or a character outside ASCII`,
  );
}

function missing(name: string): string {
  return `the environment variable ${name} is not set, and Prometheus is asked with its value`;
}
