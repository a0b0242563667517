import type { HerokuApp, HerokuApps } from './apps.js';
import type { LogSessions } from './log-sessions.js';
import { page, type Listing } from './paging.js';
import { notFound, Refusal } from './refusal.js';
import {
  account,
  appJson,
  domainsJson,
  dynosJson,
  formationJson,
  logSessionJson,
  releaseJson,
  sniEndpointJson,
  type Identified,
} from './representation.js';

/** A request whose credentials and version have been accepted. */
export interface ApiRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly range: string | undefined;
  /** The parsed JSON body, or undefined when there is none. */
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Route {
  readonly method: string;
  /** Segments of the path; one that begins with a colon takes any value. */
  readonly path: string;
  readonly answer: (call: Call) => ApiAnswer;
}

/** What the API is about. */
export interface ApiWorld {
  readonly apps: HerokuApps;
  /** Undefined where nothing logs. */
  readonly sessions: LogSessions | undefined;
  /** Where this API is reached, for addresses in its answers. */
  readonly url: string;
}

interface Call extends ApiWorld {
  readonly request: ApiRequest;
  readonly values: readonly string[];
}

const routes: readonly Route[] = [
  { method: 'GET', path: '/account', answer: () => ({ status: 200, body: account }) },
  { method: 'GET', path: '/apps', answer: (call) => list(call, allApps(call)) },
  { method: 'GET', path: '/apps/:app', answer: (call) => ({ status: 200, body: appJson(theApp(call)) }) },
  { method: 'PATCH', path: '/apps/:app', answer: updateApp },
  { method: 'GET', path: '/apps/:app/domains', answer: (call) => list(call, domains(theApp(call))) },
  { method: 'GET', path: '/apps/:app/domains/:domain', answer: oneDomain },
  {
    method: 'GET',
    path: '/apps/:app/sni-endpoints',
    answer: (call) => list(call, sniEndpoints(theApp(call))),
  },
  { method: 'GET', path: '/apps/:app/formation', answer: (call) => list(call, formation(theApp(call))) },
  { method: 'PATCH', path: '/apps/:app/formation', answer: updateFormation },
  { method: 'GET', path: '/apps/:app/dynos', answer: (call) => list(call, dynos(theApp(call))) },
  { method: 'POST', path: '/apps/:app/log-sessions', answer: createLogSession },
  { method: 'GET', path: '/apps/:app/releases', answer: (call) => list(call, releases(theApp(call))) },
];

/** Answers a request; throws a `Refusal` for everything the API refuses. */
export function answerApi(world: ApiWorld, request: ApiRequest): ApiAnswer {
  for (const route of routes) {
    const values = route.method === request.method ? match(route.path, request.path) : undefined;
    if (values !== undefined) return route.answer({ ...world, request, values });
  }
  throw new Refusal(
    404,
    'not_found',
    'The requested API endpoint was not found. Are you using the right HTTP verb (i.e. `GET` vs. `POST`), and did you specify your intended version with the `Accept` header?',
  );
}

function match(pattern: string, path: string): readonly string[] | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const values: string[] = [];
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith(':')) values.push(value);
    else if (segment !== value) return undefined;
  }
  return values;
}

function theApp({ apps, values }: Call): HerokuApp {
  const app = apps.find(values[0] ?? '');
  if (app === undefined) throw notFound('app');
  return app;
}

function list<Item>(call: Call, listing: Listing<Item>): ApiAnswer {
  const { status, headers, items } = page(listing, call.request.range);
  return { status, headers, body: items };
}

function allApps({ apps }: Call): Listing<{ readonly id: string; readonly name: string }> {
  const items = apps.all().map((app) => ({ ...appJson(app), id: app.id, name: app.name }));
  return { items, keys: { id: (app) => app.id, name: (app) => app.name } };
}

function domains(app: HerokuApp): Listing<Identified & { readonly hostname: string }> {
  return {
    items: domainsJson(app),
    keys: { id: (domain) => domain.id, hostname: (domain) => domain.hostname },
  };
}

function oneDomain(call: Call): ApiAnswer {
  const wanted = call.values[1] ?? '';
  const found = domainsJson(theApp(call)).find(({ id, hostname }) => id === wanted || hostname === wanted);
  if (found === undefined) throw notFound('domain');
  return { status: 200, body: found };
}

function sniEndpoints(app: HerokuApp): Listing<Identified & { readonly name: string }> {
  const items = app.domains.flatMap((domain) =>
    domain.sniEndpoint ? [sniEndpointJson(app, domain, domain.sniEndpoint)] : [],
  );
  return { items, keys: { id: (endpoint) => endpoint.id, name: (endpoint) => endpoint.name } };
}

function formation(app: HerokuApp): Listing<Identified & { readonly type: string }> {
  return { items: [formationJson(app)], keys: { id: (entry) => entry.id, type: (entry) => entry.type } };
}

function dynos(app: HerokuApp): Listing<Identified & { readonly name: string }> {
  return { items: dynosJson(app), keys: { id: (dyno) => dyno.id, name: (dyno) => dyno.name } };
}

function releases(app: HerokuApp): Listing<Identified & { readonly version: number }> {
  return {
    items: app.releases.map((release) => releaseJson(app, release)),
    keys: { id: (release) => release.id, version: (release) => release.version },
  };
}

function createLogSession(call: Call): ApiAnswer {
  const app = theApp(call);
  const { sessions, url, request } = call;
  if (sessions === undefined) throw new Refusal(503, 'service_unavailable', 'This lab keeps no logs.');
  const { session, path } = sessions.create(app, request.body);
  return { status: 201, body: logSessionJson(session, `${url}${path}`) };
}

/** Only maintenance can be changed: it is all of `PATCH /apps/{id}` that a migration could need. */
function updateApp(call: Call): ApiAnswer {
  const app = theApp(call);
  const { body } = call.request;
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  for (const [field, value] of fields) {
    if (field !== 'maintenance' || typeof value !== 'boolean') {
      throw new Refusal(
        422,
        'invalid_params',
        `The lab changes only "maintenance" (true or false), not "${field}".`,
      );
    }
    app.maintenance = value;
  }
  return { status: 200, body: appJson(app) };
}

/** `heroku ps:scale web=2:standard-2x`; the official client sends the quantity as a string. */
function updateFormation(call: Call): ApiAnswer {
  const app = theApp(call);
  const { updates } = (call.request.body ?? {}) as { readonly updates?: unknown };
  for (const update of Array.isArray(updates) ? (updates as unknown[]) : []) {
    const { type, quantity, size } = (update ?? {}) as Record<string, unknown>;
    const wanted = Number(quantity);
    if (type !== 'web' || !Number.isInteger(wanted) || wanted < 0 || wanted > 100)
      throw new Refusal(422, 'invalid_params', 'The lab scales only "web", to 0 to 100 dynos.');
    app.webDynos = wanted;
    if (typeof size === 'string') app.dynoSize = size;
  }
  return { status: 200, body: [formationJson(app)] };
}
