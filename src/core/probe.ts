import type { Certificate } from './certificate.js';
import type { RecordName } from './record-name.js';
import type { Instant } from './time.js';

/** Which end of the migration: `source` is left, `target` is moved to. */
export type SideName = 'source' | 'target';

/** Where a side has addresses of both families, each is probed by itself: otherwise a half-broken dual stack looks fine. */
export type AddressFamily = 'ipv4' | 'ipv6';

/** What one health probe of one side found. Only what the side itself did counts as `failed`; trouble of our own is `unknown`. */
export interface ProbeOutcome {
  readonly at: Instant;
  readonly result: 'ok' | 'failed' | 'unknown';
  /** One sentence, free of control characters: `200 in 12 ms`, `503, expected 200`, `no answer within 1s`. */
  readonly because: string;
  readonly status: number | null;
  readonly latencyMs: number | null;
  /** When the presented certificate ends, where one was seen. */
  readonly certificateEndsAt: Instant | null;
  /** The family of the address that was asked; absent when no address was found, which then counts for every family. */
  readonly family?: AddressFamily;
  /** Set when this machine has no route to that address: nothing was sent, and that is no news about the side. */
  readonly noRoute?: true;
  /** Set when this machine was too busy to see an answer in time: nothing is known about the side. */
  readonly tooBusy?: true;
}

/** All outcomes of one side of one host since the tick before, oldest first. */
export interface ProbeReport {
  readonly host: RecordName;
  readonly side: SideName;
  readonly outcomes: readonly ProbeOutcome[];
  /** The certificate that ends first among those seen since the tick before; absent when none was seen. */
  readonly certificate?: Certificate;
}

/** `IPv4` or `IPv6`. */
export function familyName(family: AddressFamily): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6';
}
