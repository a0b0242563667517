import type { Instant } from '../../core/time.js';

/** How far a probe has come, kept up to date on the way so that whatever ends it can say what was being waited for. */
export interface Progress {
  step: 'connecting' | 'handshake' | 'answer' | 'body';
  /** Address and port being talked to, for messages. */
  readonly peer: string;
  certificateEndsAt: Instant | null;
  status: number | null;
  bodyBytes: number;
}

export function start(address: string, port: number): Progress {
  const peer = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { step: 'connecting', peer, certificateEndsAt: null, status: null, bodyBytes: 0 };
}
