import type { ProviderFailureReason } from '../../core/failure.js';

interface Trouble {
  readonly reason: ProviderFailureReason;
  readonly message: string;
}

/** What an error of the connection says, before there was an answer. */
export function troubleOf(error: unknown, base: string): Trouble {
  const { code, message } = parts(error);
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: 'unavailable', message: `${base} refused the connection` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { reason: 'unavailable', message: `the name of ${base} could not be resolved (${code})` };
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { reason: 'timeout', message: `no connection to ${base} in time` };
    case 'UND_ERR_INVALID_ARG':
      return { reason: 'invalid', message: `the question to ${base} cannot be sent: ${message}` };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return { reason: 'denied', message: `the certificate of ${base} is for another name` };
    case 'CERT_HAS_EXPIRED':
      return { reason: 'denied', message: `the certificate of ${base} has expired` };
    default:
      return otherTrouble(code, base);
  }
}

/** OpenSSL's verification errors (X509_V_ERR_...) are codes without a prefix; alerts of the other side begin with ERR_SSL_. */
function otherTrouble(code: string, base: string): Trouble {
  if (/CERT|SIGNATURE|ISSUER|CRL/.test(code) && !code.startsWith('ERR_SSL_')) {
    const advice = 'name its authority as caFile';
    return { reason: 'denied', message: `the certificate of ${base} is not trusted (${code}); ${advice}` };
  }
  if (/^ERR_SSL_TLSV1|^ERR_SSL_SSLV3|^ERR_SSL_TLSV13/.test(code)) {
    const advice = 'it may want a client certificate, or another one';
    return { reason: 'denied', message: `${base} refused the TLS connection (${code}); ${advice}` };
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return { reason: 'unavailable', message: `TLS with ${base} failed (${code}); does it speak https?` };
  }
  if (code.startsWith('HPE_') || code === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { reason: 'unavailable', message: `${base} answered something that is not HTTP (${code})` };
  }
  // In TLS 1.3 a server may only find after the handshake that the client has no certificate, and some just hang up then.
  const advice = isHangUp(code) && base.startsWith('https:') ? '; it may want a client certificate' : '';
  return { reason: 'unavailable', message: `the connection to ${base} failed (${code})${advice}` };
}

function isHangUp(code: string): boolean {
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
}

/** Node.js joins the errors of several addresses in one (AggregateError, with the code of the first). */
function parts(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'unknown', message: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message };
}
