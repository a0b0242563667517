import type { ProviderFailure } from '../../core/failure.js';
import type { PrometheusServer } from '../../core/metric/metric-query.js';
import { err, ok, type Result } from '../../core/result.js';
import { credentials, type Variable } from './credentials.js';
import { queryFailure } from './failure.js';
import { Secrets } from './secrets.js';
import { serverAddress } from './server-address.js';
import { trust, type Trust } from './trust.js';

/** Everything that is needed to ask one server. */
export interface Access {
  /** Without a final slash; free of secrets, so it also names the server in messages. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly trust: Trust;
  readonly secrets: Secrets;
}

/** Reads variables and files; whatever is missing is a failure that names it. */
export async function accessTo(
  server: PrometheusServer,
  settings: { readonly variable: Variable; readonly caFile: string | null },
): Promise<Result<Access, ProviderFailure>> {
  const base = serverAddress(server.url);
  if (!base.ok) return err(queryFailure('invalid', base.error));
  const secrets = new Secrets();
  const headers = credentials(server, settings.variable, secrets);
  if (!headers.ok) return err(queryFailure('denied', headers.error));
  const trusted = await trust(server, settings.caFile);
  if (!trusted.ok) return err(queryFailure('denied', trusted.error));
  return ok({ base: base.value, headers: headers.value, trust: trusted.value, secrets });
}
