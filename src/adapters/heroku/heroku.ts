import type { ProviderFailure } from '../../core/failure.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration } from '../../core/time.js';
import type { AppDirectory } from '../../engine/inspection-ports.js';
import type { HerokuApi, HerokuDomain } from '../../engine/ports.js';
import { classify, herokuFailure } from './classify.js';
import { appReader, domainList } from './app-reader.js';
import { domainFor, factsOf } from './facts.js';

/**
 * The part of the Heroku Platform API that is used, over heroku-client, loaded only here.
 *
 * @param host the API's URL without a path, or null for Heroku's own
 * @param token the API token, or null when there is none: then every call is `denied` with what to type
 * @param deadlineMs how long one call may take, all pages together
 */
export async function createHeroku(settings: {
  host: string | null;
  token: string | null;
  /** Why a token that is there is not used. */
  tokenTrouble?: string | null;
  deadlineMs: number;
}): Promise<HerokuApi & AppDirectory> {
  const { SingleRequest } = await import('./single-request.js');
  const { host, token, deadlineMs } = settings;

  async function get(
    path: string,
    operation: string,
    app: string,
    signal: AbortSignal,
  ): Promise<Result<unknown, ProviderFailure>> {
    if (token === null || token === '')
      return err(herokuFailure(operation, 'denied', settings.tokenTrouble ?? noToken));
    let request: InstanceType<typeof SingleRequest> | undefined;
    const end = endOf(deadlineMs, signal);
    try {
      const options = { method: 'GET', path, token, headers: {}, userAgent: 'shift' } as const;
      request = new SingleRequest(host === null ? options : { ...options, host });
      const ended = await Promise.race([request.request().then((body) => ({ body })), end.reached]);
      return typeof ended === 'string' ? err(endedFailure(ended, operation, deadlineMs)) : ok(ended.body);
    } catch (error) {
      return err(classify(error, { operation, app, token, headers: request?.headers ?? {} }));
    } finally {
      end.forget();
      request?.close();
    }
  }

  const readApp = appReader(get);

  return {
    // The list and not `/domains/{host}`: a 404 can then only mean the app, and a wildcard domain is found too.
    async domain(app, name, signal) {
      const path = `/apps/${encodeURIComponent(app)}/domains`;
      const listed = await get(path, domainList, safeText(app, 60), signal);
      return listed.ok ? pick(listed.value, app, name) : listed;
    },

    async apps(signal) {
      const listed = await get('/apps', 'App List', 'list', signal);
      return listed.ok ? ok(textsOf(listed.value, 'name')) : listed;
    },

    async domains(app, signal) {
      const path = `/apps/${encodeURIComponent(app)}/domains`;
      const listed = await get(path, domainList, safeText(app, 60), signal);
      return listed.ok ? ok(textsOf(listed.value, 'hostname')) : listed;
    },

    async facts(idOrName, host, signal) {
      const raw = await readApp(idOrName, signal);
      return raw.ok ? factsOf(raw.value, host) : raw;
    },
  };
}

const noToken =
  'no Heroku token; type: heroku login, or set HEROKU_API_KEY, for example to the output of: heroku authorizations:create --short --scope read';

/** A type and not an interface, so that it is also a plain record of fields. */
type Domain = { readonly hostname: string; readonly cname: string | null };

function pick(list: unknown, app: string, name: RecordName): Result<HerokuDomain, ProviderFailure> {
  if (!Array.isArray(list) || !list.every(isDomain)) {
    return err(
      herokuFailure(domainList, 'unknown', 'Heroku answered something that is not a list of domains'),
    );
  }
  const host = displayName(name);
  const found = domainFor(list, name);
  if (found !== undefined) return ok({ app, hostname: found.hostname, cname: found.cname });
  const shown = safeText(app, 60);
  const add = `add it with: heroku domains:add ${host} -a ${shown}`;
  return err(herokuFailure(domainList, 'not-found', `the app ${shown} has no domain ${host}; ${add}`));
}

function isDomain(item: unknown): item is Domain {
  if (typeof item !== 'object' || item === null) return false;
  const { hostname, cname } = item as Record<string, unknown>;
  return typeof hostname === 'string' && (typeof cname === 'string' || cname === null);
}

/** One field of each item that has it, fit to be shown. */
function textsOf(list: unknown, field: string): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((item) => {
    const value = typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[field] : null;
    return typeof value === 'string' ? [safeText(value, 253)] : [];
  });
}

type Ended = 'deadline' | 'caller';

/** Resolves when time is up or the caller gave up, whichever is first. */
function endOf(deadlineMs: number, signal: AbortSignal): { reached: Promise<Ended>; forget(): void } {
  let forget = (): void => undefined;
  const reached = new Promise<Ended>((resolve) => {
    const byCaller = (): void => resolve('caller');
    const timer = setTimeout(() => resolve('deadline'), deadlineMs);
    signal.addEventListener('abort', byCaller);
    if (signal.aborted) byCaller();
    forget = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', byCaller);
    };
  });
  return { reached, forget };
}

function endedFailure(ended: Ended, operation: string, deadlineMs: number): ProviderFailure {
  switch (ended) {
    case 'deadline':
      return herokuFailure(
        operation,
        'timeout',
        `Heroku did not answer within ${formatDuration(deadlineMs)}`,
      );
    case 'caller':
      return herokuFailure(operation, 'unknown', 'the call was ended before Heroku answered');
  }
}
