import type { SecureContext } from 'node:tls';
import { Agent, request } from 'undici';
import { safeText } from '../../core/safe-text.js';
import { EventStream } from './event-stream.js';

/** Why a stream ended or never began. */
export type StreamEnd =
  /** The server does not know this session any more, or never did: only a new one helps. */
  | { readonly reason: 'refused'; readonly message: string }
  /** Not reached, or not answered as it should; the same address may work again. */
  | { readonly reason: 'unavailable'; readonly message: string }
  /** It had begun, and then it ended, in order or not. */
  | { readonly reason: 'dropped'; readonly message: string };

export interface StreamRequest {
  /** Holds the secret of the session; never part of a message. */
  readonly url: string;
  /** Where an earlier connection to the same session ended; null for none. */
  readonly lastEventId: string | null;
  /** How long connecting and the answer's headers may take. */
  readonly openTimeoutMs: number;
  /** The certificate authorities that are trusted; asked for when a stream is encrypted. */
  readonly roots: () => SecureContext;
}

export interface StreamListener {
  opened(): void;
  /** Whole or partial lines, in order; `lastEventId` is null for plain text. */
  received(lines: Uint8Array, lastEventId: string | null): void;
}

/**
 * Reads one log session, as server-sent events or as the plain text that older servers answer, until it ends or the signal
 * does. Never rejects.
 *
 * There is no limit on silence: the log stream has no heartbeat, so a quiet one is ended by whoever expects lines.
 */
export async function readLogStream(
  asked: StreamRequest,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const { url, lastEventId, openTimeoutMs, roots } = asked;
  const kind = kindOf(url);
  if (kind === 'unfit') {
    return {
      reason: 'refused',
      message: 'Heroku gave an address of the log session that is no https:// URL',
    };
  }
  const timeout = openTimeoutMs;
  const dispatcher = new Agent({
    connect: kind === 'encrypted' ? { timeout, secureContext: roots() } : { timeout },
    headersTimeout: openTimeoutMs,
    bodyTimeout: 0,
  });
  let opened = false;
  try {
    const headers = { accept: 'text/event-stream', 'user-agent': 'shift', 'cache-control': 'no-cache' };
    const { statusCode, body, ...answer } = await request(url, {
      dispatcher,
      signal,
      headers: lastEventId === null ? headers : { ...headers, 'last-event-id': lastEventId },
    });
    // Without this a body that is thrown away below would end as an uncaught error.
    body.on('error', () => undefined);
    if (statusCode !== 200) return refusal(statusCode);
    opened = true;
    listener.opened();
    const events = isEventStream(answer.headers['content-type']) ? new EventStream() : null;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      listener.received(events?.push(chunk) ?? chunk, events?.lastEventId ?? null);
    }
    return { reason: 'dropped', message: 'the server ended the log stream' };
  } catch (error) {
    const message = `the log stream failed (${codeOf(error)})`;
    return { reason: opened ? 'dropped' : 'unavailable', message };
  } finally {
    await dispatcher.destroy();
  }
}

/** The address is the session's secret, so it is not sent in the clear but to this machine. */
function kindOf(url: string): 'encrypted' | 'loopback' | 'unfit' {
  if (!URL.canParse(url)) return 'unfit';
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return 'encrypted';
  return protocol === 'http:' && /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(hostname) ? 'loopback' : 'unfit';
}

/** Any refusal but "too many requests" means that the session is gone; logplex says 403 or 404 then. */
function refusal(status: number): StreamEnd {
  const gone = status >= 300 && status < 500 && status !== 429;
  return { reason: gone ? 'refused' : 'unavailable', message: `the log session answered ${status}` };
}

function isEventStream(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && contentType.trim().toLowerCase().startsWith('text/event-stream');
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return safeText(code, 60);
}
