import type { Answer } from 'dns-packet';

/** What is asked, the name as it came in the packet. Class is always IN. */
export interface Question {
  readonly name: string;
  readonly type: string;
}

/** Response codes by name, with their numbers in the packet header (RFC 1035 section 4.1.1; BADVERS: RFC 6891). */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

export type Rcode = keyof typeof rcodes;

/** The content of a response, before it becomes a packet. */
export interface Reply {
  readonly rcode: Rcode;
  readonly authoritative: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

/** A response without any record. */
export function emptyReply(rcode: Rcode): Reply {
  return { rcode, authoritative: false, answers: [], authorities: [], additionals: [] };
}
