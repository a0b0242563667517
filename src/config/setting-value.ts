import { isIP } from 'node:net';
import { err, ok, type Result } from '../core/result.js';

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** 127.0.0.0/8, ::1 and the name `localhost` (RFC 6761, section 6.3). */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(bare) === 4) return bare.startsWith('127.');
  return bare === '::1' || bare === 'localhost';
}

/** `<address>:<port>`, an IPv6 address in brackets. */
export function readSocketAddress(text: string): Result<SocketAddress, string> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):([0-9]+)$/i.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  if (isIP(address) === 0)
    return err('is not an address and a port; write for example 127.0.0.1:5300 or [::1]:53');
  const port = readPort(match?.[3] ?? '');
  return port.ok ? ok({ address, port: port.value }) : port;
}

/** Addresses with or without a port, separated by commas; `none` is none. */
export function readResolvers(text: string): Result<readonly SocketAddress[], string> {
  if (text === 'none') return ok([]);
  const parts = text.split(',').map((part) => part.trim());
  const addresses = parts.flatMap((part): SocketAddress[] => {
    if (isIP(part) !== 0) return [{ address: part, port: 53 }];
    const read = readSocketAddress(part);
    return read.ok ? [read.value] : [];
  });
  if (addresses.length === parts.length && parts.length <= maxResolvers) return ok(addresses);
  return err(
    `is not a list of at most ${maxResolvers} addresses; write for example 1.1.1.1,9.9.9.9 or 127.0.0.1:5300, or none`,
  );
}

const maxResolvers = 8;

export function readPort(text: string): Result<number, string> {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? ok(port) : err('is not a port; write a number from 1 to 65535');
}

/** Heroku's own tools take a bare host name in this variable as well as a URL. */
export function readHerokuHost(text: string): Result<string, string> {
  return readEndpoint(text.includes('://') ? text : `https://${text}`);
}

/** The message never repeats the value, which may hold a password. */
export function readEndpoint(
  text: string,
  sent: 'credentials' | 'questions' = 'credentials',
): Result<string, string> {
  if (!URL.canParse(text))
    return err('is not a URL; write for example https://host or http://127.0.0.1:8080');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return err('holds a user name or password; remove it');
  if (url.protocol === 'https:') return ok(text);
  if (url.protocol !== 'http:') return err(`begins with ${url.protocol}//; write https://`);
  if (isLoopback(url.hostname)) return ok(text);
  return err(`sends ${sent} to ${url.hostname} unencrypted; write https:// (http is for loopback only)`);
}

/** Where only this machine listens, over https; what stands in for a public service gets its secrets. */
export function readLoopbackUrl(text: string): Result<string, string> {
  const read = readEndpoint(text);
  if (!read.ok) return read;
  const { protocol, hostname, origin } = new URL(text);
  return protocol === 'https:' && isLoopback(hostname)
    ? ok(origin)
    : err('is not on loopback; write for example https://127.0.0.1:8443');
}

/** What may stand in an Authorization header. The message never repeats the value. */
export function readToken(text: string): Result<string, string> {
  return /^[!-~]+$/.test(text)
    ? ok(text)
    : err(
        'holds a space or a character that no token has; copy it again, for example from `heroku auth:token`',
      );
}

export function readSwitch(text: string): Result<boolean, string> {
  if (text === '1' || text === 'true') return ok(true);
  if (text === '0' || text === 'false') return ok(false);
  return err('is neither on nor off; write 1 or leave it out');
}

export function readOutput(text: string): Result<'text' | 'json', string> {
  return text === 'text' || text === 'json' ? ok(text) : err('is neither text nor json');
}
