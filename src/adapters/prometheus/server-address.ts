import { isIP } from 'node:net';
import { err, ok, type Result } from '../../core/result.js';

/**
 * The base of the HTTP API, without a final slash; what follows is `/api/v1/...`. The error says what to write instead and never
 * repeats a URL that may hold a password.
 */
export function serverAddress(url: string): Result<string, string> {
  if (!URL.canParse(url)) {
    return err('the address of Prometheus is not a URL; write for example https://prometheus.example.com');
  }
  const { protocol, username, password, search, hash, hostname, origin, pathname } = new URL(url);
  if (username !== '' || password !== '') {
    return err('the address of Prometheus holds a user name or password; use basic authentication instead');
  }
  if (search !== '' || hash !== '') {
    return err(`the address of Prometheus at ${origin} goes on with ? or #; leave that out`);
  }
  if (protocol !== 'https:' && protocol !== 'http:') {
    return err(`the address of Prometheus begins with ${protocol}; write https://`);
  }
  if (protocol === 'http:' && !isLoopback(hostname)) {
    return err(`${hostname} would be asked unencrypted; write https:// (http is for loopback only)`);
  }
  return ok(`${origin}${pathname.replace(/\/+$/, '')}`);
}

/** 127.0.0.0/8, ::1 and the name `localhost` (RFC 6761, section 6.3). */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 4) return bare.startsWith('127.');
  return bare === '::1' || bare === 'localhost';
}
