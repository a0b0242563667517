import {
  AUTHORITATIVE_ANSWER,
  decode,
  DNSSEC_OK,
  encode,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type DecodedPacket,
  type OptAnswer,
  type Packet,
  type PacketOpt,
} from 'dns-packet';
import { emptyReply, rcodes, type Question, type Reply } from './reply.js';

export type Transport = 'udp' | 'tcp';

/** What the server says to every well-formed question of class IN. */
export interface Responder {
  /** True for a recursive resolver: sets RA. */
  readonly recursive: boolean;
  answer(question: Question): Reply;
}

/** The UDP payload size offered to clients, the value DNS Flag Day 2020 recommends to avoid fragments. */
const udpPayloadBytes = 1232;
/** The largest UDP response to a client that sends no EDNS (RFC 1035 section 4.2.1). */
const plainUdpBytes = 512;
const tcpBytes = 65_535;

const headerBytes = 12;
const responseBit = 0x8000;
const opcodeBits = 0x7800;
const clientSubnet = 8;
/** Where the scope prefix length stands in the option: after family and source prefix length. */
const scopeOffset = 3;

/**
 * The response packet to a query packet, or undefined where silence is right: for a packet without a whole header, and
 * for a response, which two servers would otherwise send each other for ever.
 */
export function respond(query: Buffer, transport: Transport, responder: Responder): Buffer | undefined {
  if (query.length < headerBytes) return undefined;
  const header: Header = { id: query.readUInt16BE(0), flags: query.readUInt16BE(2) };
  if ((header.flags & responseBit) !== 0) return undefined;
  if ((header.flags & opcodeBits) !== 0) return bareError(header, rcodes.NOTIMP);
  const packet = decoded(query);
  const question = packet?.questions?.[0];
  if (packet === undefined || question === undefined) return bareError(header, rcodes.FORMERR);
  const opt = packet.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  const draft: Draft = { header, question, opt, responder };
  try {
    return fitted(draft, replyTo(draft), limitOf(transport, opt));
  } catch {
    return fitted(draft, emptyReply('SERVFAIL'), tcpBytes);
  }
}

interface Header {
  readonly id: number;
  readonly flags: number;
}

type PacketQuestion = NonNullable<Packet['questions']>[number];

interface Draft {
  readonly header: Header;
  readonly question: PacketQuestion;
  readonly opt: OptAnswer | undefined;
  readonly responder: Responder;
}

/**
 * The packet, or undefined for one that cannot be decoded, has not exactly one question, or holds a name dns-packet
 * cannot write back byte for byte (a dot inside a label, bytes that are not UTF-8): its response would not match it.
 */
function decoded(query: Buffer): DecodedPacket | undefined {
  try {
    const packet = decode(query);
    const [question] = packet.questions ?? [];
    if (question === undefined || packet.questions?.length !== 1) return undefined;
    const echoed = encode({ questions: [question] }).subarray(headerBytes);
    return echoed.equals(query.subarray(headerBytes, headerBytes + echoed.length)) ? packet : undefined;
  } catch {
    return undefined;
  }
}

function replyTo({ question, opt, responder }: Draft): Reply {
  if (opt !== undefined && opt.ednsVersion !== 0) return emptyReply('BADVERS');
  const type: string = question.type;
  if (question.class !== 'IN' || type === 'AXFR' || type === 'IXFR') return emptyReply('REFUSED');
  return responder.answer({ name: question.name, type });
}

function limitOf(transport: Transport, opt: OptAnswer | undefined): number {
  if (transport === 'tcp') return tcpBytes;
  if (opt === undefined) return plainUdpBytes;
  return Math.min(udpPayloadBytes, Math.max(plainUdpBytes, opt.udpPayloadSize));
}

/** The packet when it fits, otherwise an empty one with the TC bit, which sends the client to TCP. */
function fitted(draft: Draft, reply: Reply, limitBytes: number): Buffer {
  const whole = encode(packetOf(draft, reply, 0));
  if (whole.length <= limitBytes) return whole;
  return encode(
    packetOf(draft, { ...reply, answers: [], authorities: [], additionals: [] }, TRUNCATED_RESPONSE),
  );
}

function packetOf({ header, question, opt, responder }: Draft, reply: Reply, truncated: number): Packet {
  const rcode = rcodes[reply.rcode];
  return {
    type: 'response',
    id: header.id,
    flags:
      (header.flags & RECURSION_DESIRED) |
      (responder.recursive ? RECURSION_AVAILABLE : 0) |
      (reply.authoritative ? AUTHORITATIVE_ANSWER : 0) |
      truncated |
      (rcode & 0x0f),
    questions: [question],
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals:
      opt === undefined ? [...reply.additionals] : [...reply.additionals, echoedOpt(opt, rcode >> 4)],
  };
}

/** Our EDNS record: DO is copied (RFC 3225), a client subnet is returned with scope 0: it did not matter (RFC 7871). */
function echoedOpt(opt: OptAnswer, extendedRcode: number): OptAnswer {
  return {
    name: '.',
    type: 'OPT',
    udpPayloadSize: udpPayloadBytes,
    extendedRcode,
    ednsVersion: 0,
    flags: opt.flags & DNSSEC_OK,
    flag_do: opt.flag_do,
    options: opt.options.filter(isClientSubnet).map(withScopeZero),
  };
}

function isClientSubnet(option: PacketOpt): boolean {
  return option.code === clientSubnet && (option.data?.length ?? 0) > scopeOffset;
}

function withScopeZero(option: PacketOpt): PacketOpt {
  const data = Buffer.from(option.data ?? []);
  data.writeUInt8(0, scopeOffset);
  return { ...option, data };
}

function bareError(header: Header, rcode: number): Buffer {
  return encode({
    type: 'response',
    id: header.id,
    flags: (header.flags & (opcodeBits | RECURSION_DESIRED)) | rcode,
  });
}
