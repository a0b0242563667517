import {
  herokuId,
  type HerokuApp,
  type HerokuDomain,
  type HerokuRelease,
  type HerokuSniEndpoint,
} from './apps.js';
import type { LogSession } from './log-sessions.js';

/** A JSON object of the API; the field names are those of the Platform API schema. */
export type Json = Readonly<Record<string, unknown>>;

/** Something the API lists. */
export interface Identified extends Json {
  readonly id: string;
}

export const account: Json = {
  id: herokuId('account'),
  email: 'lab@example.com',
  name: 'Lab',
  verified: true,
  beta: false,
  two_factor_authentication: false,
  federated: false,
};

const owner = { id: account['id'], email: account['email'] };

export function appJson(app: HerokuApp): Json {
  const released = app.releases.at(-1)?.createdAt ?? app.createdAt;
  return {
    ...reference(app),
    acm: app.acm !== undefined,
    archived_at: null,
    created_at: time(app.createdAt),
    generation: { id: herokuId('cedar'), name: 'cedar' },
    internal_routing: false,
    maintenance: app.maintenance,
    owner,
    region: { id: herokuId('eu'), name: 'eu' },
    released_at: time(released),
    space: null,
    stack: { id: herokuId('heroku-24'), name: 'heroku-24' },
    team: null,
    updated_at: time(released),
    web_url: `https://${herokuAppHost(app)}/`,
  };
}

/** The app's own domain comes first, as the API lists it: kind `heroku`, without a DNS target. */
export function domainsJson(app: HerokuApp): readonly (Identified & { readonly hostname: string })[] {
  const own = {
    ...timestamps(app.createdAt),
    id: herokuId('domain', app.name),
    app: reference(app),
    hostname: herokuAppHost(app),
    kind: 'heroku',
    cname: null,
    status: 'none',
    acm_status: null,
    acm_status_reason: null,
    sni_endpoint: null,
  };
  return [own, ...app.domains.map((domain) => customDomainJson(app, domain))];
}

function customDomainJson(app: HerokuApp, domain: HerokuDomain): Identified & { readonly hostname: string } {
  return {
    ...timestamps(app.createdAt),
    id: domain.id,
    app: reference(app),
    hostname: domain.hostname,
    kind: 'custom',
    cname: domain.cname,
    status: 'succeeded',
    acm_status: app.acm?.status ?? null,
    acm_status_reason: app.acm?.reason ?? null,
    sni_endpoint: domain.sniEndpoint ? { id: domain.sniEndpoint.id, name: domain.sniEndpoint.name } : null,
  };
}

export function sniEndpointJson(
  app: HerokuApp,
  domain: HerokuDomain,
  endpoint: HerokuSniEndpoint,
): Identified & { readonly name: string } {
  const { certificate } = endpoint;
  return {
    ...timestamps(app.createdAt),
    id: endpoint.id,
    app: reference(app),
    name: endpoint.name,
    display_name: endpoint.name,
    domains: [domain.id],
    certificate_chain: certificate.certificatePem,
    ssl_cert: {
      acm: app.acm !== undefined,
      'ca_signed?': true,
      'self_signed?': false,
      cert_domains: certificate.names,
      issuer: 'CN=shift lab authority',
      starts_at: time(certificate.notBefore),
      expires_at: time(certificate.notAfter),
    },
  };
}

export function formationJson(app: HerokuApp): Identified & { readonly type: string } {
  return {
    ...timestamps(app.createdAt),
    id: herokuId('formation', app.name, 'web'),
    app: reference(app),
    type: 'web',
    command: 'npm start',
    quantity: app.webDynos,
    size: app.dynoSize,
    dyno_size: { id: herokuId(app.dynoSize), name: app.dynoSize },
  };
}

export function dynosJson(app: HerokuApp): readonly (Identified & { readonly name: string })[] {
  const current = app.releases.at(-1);
  return Array.from({ length: app.webDynos }, (_, index) => ({
    ...timestamps(current?.createdAt ?? app.createdAt),
    id: herokuId('dyno', app.name, String(index)),
    app: reference(app),
    name: `web.${index + 1}`,
    type: 'web',
    size: app.dynoSize,
    command: 'npm start',
    state: app.dynoState,
    attach_url: null,
    release: current ? { id: current.id, version: current.version } : null,
  }));
}

export function releaseJson(
  app: HerokuApp,
  release: HerokuRelease,
): Identified & { readonly version: number } {
  return {
    ...timestamps(release.createdAt),
    id: release.id,
    app: reference(app),
    version: release.version,
    description: release.description,
    status: 'succeeded',
    current: release === app.releases.at(-1),
    eligible_for_rollback: release.version > 1,
    output_stream_url: null,
    slug: release.version > 1 ? { id: herokuId('slug', release.id) } : null,
    user: owner,
  };
}

export function logSessionJson({ id, createdAtMs }: LogSession, logplexUrl: string): Identified {
  return { ...timestamps(new Date(createdAtMs)), id, logplex_url: logplexUrl };
}

function reference(app: HerokuApp): { readonly id: string; readonly name: string } {
  return { id: app.id, name: app.name };
}

function herokuAppHost(app: HerokuApp): string {
  return `${app.name}-${herokuId('host', app.name).replaceAll('-', '').slice(0, 12)}.herokuapp.com`;
}

function timestamps(at: Date): { readonly created_at: string; readonly updated_at: string } {
  return { created_at: time(at), updated_at: time(at) };
}

/** The API's times have no fraction of a second. */
function time(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
