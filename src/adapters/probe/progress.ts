import type { Certificate } from '../../core/certificate.js';

/** How far a probe has come, kept up to date on the way so that whatever ends it can say what was being waited for. */
export interface Progress {
  step: 'connecting' | 'handshake' | 'answer' | 'body';
  /** Address and port being talked to, for messages. */
  readonly peer: string;
  certificate: Certificate | null;
  status: number | null;
  /** As they came, compressed or not. */
  bodyBytes: number;
}

export function start(address: string, port: number): Progress {
  const peer = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { step: 'connecting', peer, certificate: null, status: null, bodyBytes: 0 };
}
