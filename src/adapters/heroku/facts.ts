import type { ProviderFailure } from '../../core/failure.js';
import type { HerokuDomainFacts, HerokuFacts, WebDynos } from '../../core/platform/platform-reading.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { instant, type Instant } from '../../core/time.js';
import { herokuFailure } from './classify.js';

/** The lists and objects of the Platform API that the facts of an app are read from, as they came. */
export interface RawApp {
  readonly app: unknown;
  readonly domains: unknown;
  readonly endpoints: unknown;
  readonly formation: unknown;
  readonly dynos: unknown;
}

const maxText = 200;

/** Reads what matters to a host's users; a shape that is not the API's is a failure, never a good answer. */
export function factsOf(raw: RawApp, host: RecordName): Result<HerokuFacts, ProviderFailure> {
  const app = fields(raw.app);
  const [domains, endpoints, formation, dynos] = [raw.domains, raw.endpoints, raw.formation, raw.dynos].map(
    items,
  );
  const { id, name, maintenance } = app;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof maintenance !== 'boolean')
    return err(strange('App Info', 'an app'));
  if (domains === undefined || domains.some(({ hostname }) => typeof hostname !== 'string'))
    return err(strange('Domain List', 'a list of domains'));
  if (endpoints === undefined) return err(strange('SNI Endpoint List', 'a list of SNI endpoints'));
  if (formation === undefined) return err(strange('Formation List', 'a list of process types'));
  if (dynos === undefined) return err(strange('Dyno List', 'a list of dynos'));
  const domain = domainFor(domains, host);
  return ok({
    id: safeText(id, maxText),
    name: safeText(name, maxText),
    maintenance,
    domain: domain === undefined ? null : domainFacts(domain, endpoints),
    web: webDynos(formation, dynos),
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** The domain of exactly this host, or the wildcard above it. */
export function domainFor<T extends Fields>(domains: readonly T[], host: RecordName): T | undefined {
  const exact = displayName(host);
  const wildcard = exact.replace(/^[^.]+/, '*');
  const named = (wanted: string): T | undefined =>
    domains.find(({ hostname }) => typeof hostname === 'string' && hostname.toLowerCase() === wanted);
  return named(exact) ?? named(wildcard);
}

function domainFacts(domain: Fields, endpoints: readonly Fields[]): HerokuDomainFacts {
  const endpointId = fields(domain['sni_endpoint'])['id'];
  const endpoint = endpoints.find(({ id }) => id !== undefined && id === endpointId);
  const certificate = fields(endpoint?.['ssl_cert']);
  return {
    hostname: text(domain['hostname']) ?? '',
    cname: text(domain['cname']),
    status: text(domain['status']) ?? 'unknown',
    acmStatus: text(domain['acm_status']),
    acmReason: text(domain['acm_status_reason']),
    sniEndpoint: text(endpointId),
    certificateEndsAt: time(certificate['expires_at']),
    isManaged: certificate['acm'] === true,
  };
}

/** States of the Platform API reference, "Dyno": crashed, down, idle, starting, up. */
const deadStates: readonly unknown[] = ['crashed', 'down'];

function webDynos(formation: readonly Fields[], dynos: readonly Fields[]): WebDynos {
  const web = formation.find(({ type }) => type === 'web');
  const quantity = web?.['quantity'];
  const running = dynos.filter(({ type }) => type === 'web');
  const dead = running.filter(({ state }) => deadStates.includes(state));
  return {
    quantity: typeof quantity === 'number' ? quantity : 0,
    size: text(fields(web?.['dyno_size'])['name']) ?? text(web?.['size']),
    alive: running.length - dead.length,
    dead: dead.map(({ name, state }) => `${text(name) ?? 'a web dyno'} ${text(state) ?? ''}`),
  };
}

function fields(value: unknown): Fields {
  return (typeof value === 'object' && value !== null ? value : {}) as Fields;
}

function items(value: unknown): readonly Fields[] | undefined {
  return Array.isArray(value) ? value.map(fields) : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? safeText(value, maxText) : null;
}

function time(value: unknown): Instant | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : instant(at);
}

function strange(operation: string, wanted: string): ProviderFailure {
  return herokuFailure(operation, 'unknown', `Heroku answered something that is not ${wanted}`);
}
