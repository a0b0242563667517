import { isIP, type LookupFunction } from 'node:net';
import { Agent, request, type Dispatcher } from 'undici';
import { err, ok, type Result } from '../../core/result.js';
import { formatDuration } from '../../core/time.js';
import type { Clock, Dns } from '../../engine/ports.js';
import { underDeadline } from '../probe/deadline.js';
import { troubleOf } from '../prometheus/trouble.js';
import { isPublicAddress } from './public-address.js';

/** No answer that counts is longer. */
const maxBytes = 65_536;

/** An answer read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface RequestSettings {
  readonly dns: Pick<Dns, 'addresses'>;
  readonly clock: Clock;
  /** PEM; whom TLS connections trust. */
  readonly roots: readonly string[];
}

export interface PinnedRequest {
  /** May be a secret: of it only the host is ever named. */
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly allowPrivate: boolean;
  /** Looking up, connecting, headers and body together. */
  readonly timeoutMs: number;
}

/**
 * One https request, tried once, to an address that was looked up and judged before the connection is made: a name cannot lead to another
 * address between the two. Redirects are not followed, a long answer is not read to its end. Never rejects; no error names more of the
 * URL than its host.
 */
export async function pinnedRequest(
  settings: RequestSettings,
  asked: PinnedRequest,
  signal: AbortSignal,
): Promise<Result<Answer, string>> {
  if (!URL.canParse(asked.url)) return err('what should be a URL is none');
  const url = new URL(asked.url);
  if (url.protocol !== 'https:') return err(`${url.hostname} is told over https only`);
  if (url.username !== '' || url.password !== '')
    return err(`the URL of ${url.hostname} holds a user or password`);
  const base = `https://${url.host}`;
  try {
    const work = (stop: AbortSignal): Promise<Result<Answer, string>> => exchange(settings, asked, url, stop);
    const answered = await underDeadline(settings.clock, asked.timeoutMs, signal, work);
    if (answered.ok) return answered.value;
    if (answered.error === 'caller') return err(`${base} was not waited for`);
    return err(`${base} did not answer within ${formatDuration(asked.timeoutMs)}`);
  } catch (error) {
    return err(hasCode(error) ? troubleOf(error, base).message : `the request to ${base} failed`);
  }
}

async function exchange(
  { dns, roots }: RequestSettings,
  asked: PinnedRequest,
  url: URL,
  signal: AbortSignal,
): Promise<Result<Answer, string>> {
  const addresses = await addressesOf(dns, url, asked.allowPrivate, signal);
  if (!addresses.ok) return addresses;
  const agent = new Agent({
    connections: 1,
    connect: {
      ca: [...roots],
      lookup: pinnedTo(addresses.value),
      autoSelectFamily: true,
      timeout: asked.timeoutMs + 1_000,
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 16_384,
  });
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: asked.method,
      headers: { 'user-agent': 'shift', 'accept-encoding': 'identity', ...asked.headers },
      body: asked.body,
      signal,
    });
    return await read(answer, url);
  } finally {
    await agent.destroy();
  }
}

/** One address that is not public makes the whole name suspect: whoever answers for it chose to. */
async function addressesOf(
  dns: RequestSettings['dns'],
  { hostname }: URL,
  allowPrivate: boolean,
  signal: AbortSignal,
): Promise<Result<readonly string[], string>> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(literal) === 0 ? await dns.addresses(hostname, signal) : ok([literal]);
  if (!found.ok) return err(`${hostname} could not be looked up (${found.error.reason})`);
  const inside = found.value.find((address) => !isPublicAddress(address));
  if (inside === undefined || allowPrivate) return ok(found.value);
  return err(
    `${hostname} leads to ${inside}, which is not a public address; "allowPrivate: true" would allow it`,
  );
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, done) => {
    const [first] = found;
    if (options.all === true) done(null, found);
    else done(null, first?.address ?? '', first?.family);
  };
}

async function read(answer: Dispatcher.ResponseData, { host }: URL): Promise<Result<Answer, string>> {
  const { statusCode: status } = answer;
  // A body that is left unread ends with an error, and one that nobody hears would end the process.
  answer.body.on('error', () => undefined);
  if (status >= 300 && status < 400) {
    answer.body.destroy();
    return err(`https://${host} answered ${status}, and redirects are not followed`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return err(`https://${host} answered ${status} with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return ok({ status, body: Buffer.concat(chunks).toString('utf8') });
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
