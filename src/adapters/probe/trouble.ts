import { unreachable } from '../../core/result.js';
import { formatDuration } from '../../core/time.js';
import { refusedCertificate } from './connection.js';
import type { Progress } from './progress.js';

/** A verdict on a probe that got no answer. */
export interface Trouble {
  readonly result: 'failed' | 'unknown';
  readonly because: string;
}

/**
 * Errors of this machine and of its own network, which say nothing about the side (errno(3)): too many open files, no memory,
 * no free port, no route, a local firewall.
 */
const ownTrouble = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EAFNOSUPPORT',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EACCES',
  'EPERM',
]);

/**
 * What an error of the connection or the exchange says about the side. An error that neither the network nor the side can cause is
 * thrown on: it is a fault of this program.
 */
export function troubleOf(error: unknown, host: string, progress: Progress): Trouble {
  const { code, message } = parts(error);
  if (ownTrouble.has(code)) {
    return { result: 'unknown', because: `this machine could not connect to ${progress.peer} (${code})` };
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return { result: 'unknown', because: `the request cannot be sent: ${message}` };
  }
  if (code === '' || /^ERR_(?!TLS_|SSL_)/.test(code)) throw error;
  return { result: 'failed', because: failureOf(error, host, progress) };
}

function failureOf(error: unknown, host: string, progress: Progress): string {
  const { code, message } = parts(error);
  switch (progress.step) {
    case 'connecting':
      return code === 'ECONNREFUSED'
        ? `${progress.peer} refused the connection`
        : `no connection to ${progress.peer} (${code})`;
    case 'handshake':
      return handshakeFailure(error, host, progress.peer);
    case 'answer':
      return withoutAnswer(code, message, progress.peer);
    case 'body':
      return `${progress.status ?? 'an answer'}, but the connection ended after ${progress.bodyBytes} bytes of the body`;
    default:
      return unreachable(progress.step);
  }
}

function withoutAnswer(code: string, message: string, peer: string): string {
  switch (code) {
    case notHttp:
      return `${peer} answered something that is not HTTP: ${message}`;
    case 'UND_ERR_HEADERS_OVERFLOW':
      return `${peer} answered with more headers than any client takes`;
    default:
      return `${peer} ended the connection without an answer (${code})`;
  }
}

function handshakeFailure(error: unknown, host: string, peer: string): string {
  const { code, message } = parts(error);
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = refusedCertificate(error)?.subjectaltname?.replaceAll('DNS:', '') ?? 'no name';
      return `the certificate of ${peer} does not cover ${host}, only ${names}`;
    }
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${peer} for ${host} has expired`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${peer} for ${host} is not valid yet`;
    default:
      return `the TLS handshake with ${peer} as ${host} failed: ${message}`;
  }
}

/** Time is up: what the side had not done by then. */
export function lateness(timeoutMs: number, progress: Progress): Trouble {
  const within = `within ${formatDuration(timeoutMs)}`;
  switch (progress.step) {
    case 'connecting':
      return { result: 'failed', because: `no connection to ${progress.peer} ${within}` };
    case 'handshake':
      return { result: 'failed', because: `no TLS handshake with ${progress.peer} ${within}` };
    case 'answer':
      return { result: 'failed', because: `no answer ${within}` };
    case 'body': {
      const got = `${progress.bodyBytes} bytes of the body`;
      return { result: 'failed', because: `${progress.status ?? 'an answer'}, but only ${got} ${within}` };
    }
    default:
      return unreachable(progress.step);
  }
}

/** Stands for undici's parser error, which has a code only now and then. */
const notHttp = 'HTTPParserError';

function parts(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const { code, reason } = error as { code?: unknown; reason?: unknown };
  // OpenSSL's own short reason, where there is one, instead of its line with addresses and source files.
  const message = typeof reason === 'string' ? reason : error.message;
  if (error.name === notHttp) return { code: notHttp, message };
  return { code: typeof code === 'string' ? code : '', message };
}
