import { unreachable } from '../../core/result.js';
import { formatDuration } from '../../core/time.js';
import { refusedNames } from './certificate.js';
import type { Progress } from './progress.js';

/** A verdict on a probe that got no answer. */
export interface Trouble {
  readonly result: 'failed' | 'unknown';
  readonly because: string;
  /** Set when this machine has no route to the address, so that nothing was sent. */
  readonly noRoute?: true;
}

/** The kernel knows no way to the address, or has no address of its own in that family to start from (errno(3), connect(2)). */
const noRoute = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Errors of this machine and of its own network, which say nothing about the side (errno(3)): too many open files, no memory,
 * no free port, no route, a local firewall.
 */
const ownTrouble = new Set([
  ...noRoute,
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'EADDRINUSE',
  'ENETDOWN',
  'EACCES',
  'EPERM',
]);

/**
 * What an error of the connection or the exchange says about the side. An error that neither the network nor the side can cause is
 * thrown on: it is a fault of this program.
 */
export function troubleOf(error: unknown, host: string, progress: Progress): Trouble {
  const { code, message } = parts(error);
  if (noRoute.has(code) && progress.step === 'connecting') {
    const because = `this machine has no route to ${progress.peer} (${code})`;
    return { result: 'unknown', because, noRoute: true };
  }
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
      return `the certificate of ${peer} does not cover ${host}, only ${refusedNames(error) ?? 'no name'}`;
    }
    case 'CERT_HAS_EXPIRED':
      return `the certificate of ${peer} for ${host} has expired`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${peer} for ${host} is not valid yet`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return `the certificate of ${peer} for ${host} leads to no trusted authority: the intermediate certificate is not sent, or its issuer is unknown here`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `the certificate of ${peer} for ${host} is signed by itself or by an authority unknown here`;
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
