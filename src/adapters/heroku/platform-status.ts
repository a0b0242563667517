import type { SecureContext } from 'node:tls';
import { Agent, request, type Dispatcher } from 'undici';
import type { ProviderFailure } from '../../core/failure.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import { formatDuration } from '../../core/time.js';
import type {
  HerokuIncident,
  HerokuPlatformStatus,
  HerokuStatusPage,
} from '../../engine/inspection-ports.js';
import type { Clock } from '../../engine/ports.js';
import { underDeadline } from '../probe/deadline.js';
import { troubleOf } from '../prometheus/trouble.js';
import { herokuFailure } from './classify.js';

/** Heroku Dev Center, "Heroku Status": version 4 of its API, which takes no credentials. */
const publicBase = 'https://status.heroku.com';
const path = '/api/v4/current-status';
const operation = 'current-status';

const maxBytes = 256 * 1024;
/** Far more than there are systems, or than Heroku has had incidents at one time. */
const maxItems = 50;
const maxText = 120;
const maxUrl = 200;

export interface StatusPageSettings {
  /** In place of Heroku's own address, or null. */
  readonly base: string | null;
  /** The certificate authorities that are trusted; asked for when the connection is encrypted. */
  readonly roots: () => SecureContext;
  readonly clock: Clock;
  /** Connecting, headers and body together. Default 5 s. */
  readonly timeoutMs?: number;
}

/** Heroku's public status page. Asked once, without credentials; redirects are not followed. */
export function createStatusPage(settings: StatusPageSettings): HerokuStatusPage {
  const { clock, timeoutMs = 5_000 } = settings;
  const url = new URL(settings.base ?? publicBase);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return {
    async current(signal) {
      try {
        const asked = await underDeadline(clock, timeoutMs, signal, (stop) => ask(settings, url, stop));
        if (asked.ok) return asked.value;
        if (asked.error === 'caller')
          return failure('unknown', 'the call was ended before there was an answer');
        return failure('timeout', `${url.origin} did not answer within ${formatDuration(timeoutMs)}`);
      } catch (error) {
        const { reason, message } = troubleOf(error, url.origin);
        return failure(reason, message);
      }
    },
  };
}

type Answer = Result<HerokuPlatformStatus, ProviderFailure>;

async function ask(
  { roots, timeoutMs = 5_000 }: StatusPageSettings,
  url: URL,
  stop: AbortSignal,
): Promise<Answer> {
  const timeout = timeoutMs + 1_000;
  const dispatcher = new Agent({
    connections: 1,
    connect: url.protocol === 'https:' ? { timeout, secureContext: roots() } : { timeout },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 16_384,
  });
  try {
    const answer = await request(url, {
      dispatcher,
      headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'shift' },
      signal: stop,
    });
    // A body that is left unread ends with an error, and one that nobody hears would end the process.
    answer.body.on('error', () => undefined);
    if (answer.statusCode !== 200)
      return failure('unavailable', `${url.origin} answered ${answer.statusCode}, not 200`);
    const text = await read(answer.body);
    return text === null
      ? failure('unknown', `${url.origin} answered more than ${maxBytes} bytes`)
      : parse(text, url);
  } finally {
    await dispatcher.destroy();
  }
}

/** Null when it is too long. */
async function read(body: Dispatcher.ResponseData['body']): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, { origin }: URL): Answer {
  const page = fields(json(text));
  const systems = items(page['status'])?.map(systemOf);
  const incidents = items(page['incidents'])
    ?.filter((incident) => !isResolved(incident))
    .map(incidentOf);
  const known = systems?.filter((system) => system !== null);
  // Without the system that serves apps, green says nothing about them.
  const isWhole = known?.length === systems?.length && known?.some((system) => system.name === 'Apps');
  if (known === undefined || incidents === undefined || isWhole !== true)
    return failure('unknown', `${origin} answered something that is not Heroku's status`);
  return ok({ systems: known, incidents });
}

function systemOf({ system, status }: Fields): HerokuPlatformStatus['systems'][number] | null {
  if (typeof system !== 'string' || typeof status !== 'string') return null;
  return { name: safeText(system, maxText), status: safeText(status, maxText) };
}

function isResolved({ resolved, state }: Fields): boolean {
  return resolved === true || state === 'resolved';
}

function incidentOf({ title, full_url: url }: Fields): HerokuIncident {
  const shown = typeof title === 'string' ? safeText(title, maxText) : '';
  return { title: shown === '' ? 'an incident without a title' : shown, url: addressOf(url) };
}

/** A cut address would lead elsewhere, and one with a user name is made to look like another. */
function addressOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > maxUrl || !URL.canParse(value)) return null;
  const { protocol, username, href } = new URL(value);
  return protocol === 'https:' && username === '' && href.length <= maxUrl ? href : null;
}

type Fields = Readonly<Record<string, unknown>>;

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields {
  return (typeof value === 'object' && value !== null ? value : {}) as Fields;
}

/** A list of a bearable length, or undefined. */
function items(value: unknown): readonly Fields[] | undefined {
  return Array.isArray(value) && value.length <= maxItems ? value.map(fields) : undefined;
}

function failure(reason: ProviderFailure['reason'], message: string): Result<never, ProviderFailure> {
  return err(herokuFailure(operation, reason, safeText(message, 300)));
}
