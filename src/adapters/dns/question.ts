import { randomInt } from 'node:crypto';
import { decode, encode, RECURSION_DESIRED, type DecodedPacket } from 'dns-packet';

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

export interface Question {
  /** With or without the final dot. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'NS' | 'DS';
  /** True to ask a resolver to do the work, false to ask an authoritative server for what it knows itself. */
  readonly recursive: boolean;
}

/** Why a question got no answer. */
export type Unanswered = 'timeout' | 'unreachable' | 'stopped';

export interface Query {
  readonly id: number;
  readonly question: Question;
  readonly packet: Buffer;
}

/** The payload size DNS Flag Day 2020 recommends: large enough for a marker, small enough not to be cut into fragments. */
const udpPayloadBytes = 1232;
const rcodeBits = 0x0f;

/**
 * A query under an id nobody can guess.
 * @throws Error when the name cannot be written in a packet (a label over 63 octets, an empty label).
 */
export function createQuery(question: Question): Query {
  const id = randomInt(0x1_0000);
  const { name, type } = question;
  const packet = encode({
    type: 'query',
    id,
    flags: question.recursive ? RECURSION_DESIRED : 0,
    questions: [{ name: withoutFinalDot(name), type, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: udpPayloadBytes,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  return { id, question, packet };
}

/** The response in these bytes, or undefined when they are no response to this query: garbage, another id or question. */
export function responseTo(query: Query, bytes: Buffer): DecodedPacket | undefined {
  const packet = decoded(bytes);
  const asked = packet?.questions?.[0];
  if (packet?.type !== 'response' || packet.id !== query.id || packet.questions?.length !== 1)
    return undefined;
  if (asked?.type !== query.question.type || !sameName(asked.name, query.question.name)) return undefined;
  return packet;
}

/** The response code of the header (RFC 1035, section 4.1.1). */
export function rcodeOf(packet: DecodedPacket): number {
  return (packet.flags ?? 0) & rcodeBits;
}

export const rcodes: { readonly noError: 0; readonly nxDomain: 3 } = { noError: 0, nxDomain: 3 };

/** Names are compared without regard to case and final dot (RFC 1035, section 2.3.3). */
export function sameName(left: string, right: string): boolean {
  return withoutFinalDot(left).toLowerCase() === withoutFinalDot(right).toLowerCase();
}

function withoutFinalDot(name: string): string {
  return name.replace(/\.$/, '');
}

function decoded(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}
