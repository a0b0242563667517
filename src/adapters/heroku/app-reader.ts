import type { ProviderFailure } from '../../core/failure.js';
import { ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import type { RawApp } from './facts.js';

/** As the Heroku Platform API reference names the calls. */
export const domainList: string = 'Domain List';

/** One GET; `operation` and `app` are for the words of a failure. */
type Get = (
  path: string,
  operation: string,
  app: string,
  signal: AbortSignal,
) => Promise<Result<unknown, ProviderFailure>>;

/**
 * Reads everything about an app at once; the first part that fails is the failure of the whole. The hosts of a group are asked about at
 * the same time, and often they are all on one app, so questions that overlap share their answer.
 */
export function appReader(
  get: Get,
): (idOrName: string, signal: AbortSignal) => Promise<Result<RawApp, ProviderFailure>> {
  const underWay = new Map<string, Promise<Result<RawApp, ProviderFailure>>>();
  return (idOrName, signal) => {
    const asked =
      underWay.get(idOrName) ?? readApp(get, idOrName, signal).finally(() => underWay.delete(idOrName));
    underWay.set(idOrName, asked);
    return asked;
  };
}

async function readApp(
  get: Get,
  idOrName: string,
  signal: AbortSignal,
): Promise<Result<RawApp, ProviderFailure>> {
  const part = (rest: string, operation: string): Promise<Result<unknown, ProviderFailure>> =>
    get(`/apps/${encodeURIComponent(idOrName)}${rest}`, operation, safeText(idOrName, 60), signal);
  const [app, domains, endpoints, formation, dynos] = await Promise.all([
    part('', 'App Info'),
    part('/domains', domainList),
    part('/sni-endpoints', 'SNI Endpoint List'),
    part('/formation', 'Formation List'),
    part('/dynos', 'Dyno List'),
  ]);
  if (!app.ok) return app;
  if (!domains.ok) return domains;
  if (!endpoints.ok) return endpoints;
  if (!formation.ok) return formation;
  if (!dynos.ok) return dynos;
  return ok({
    app: app.value,
    domains: domains.value,
    endpoints: endpoints.value,
    formation: formation.value,
    dynos: dynos.value,
  });
}
