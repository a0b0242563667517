import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, type DecodedPacket, type Packet } from 'dns-packet';
import { privateAddress } from '../../lab/loopback.js';

/** What the server sends back, in order; nothing for silence. */
export type Behaviour = (query: DecodedPacket) => readonly (Packet | Buffer)[];

export interface HostileServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Questions received over UDP so far. */
  readonly asked: DecodedPacket[];
  /** Sends a packet to the last client from another port of the same address. */
  sendFromElsewhere(packet: Packet): Promise<void>;
}

/** A DNS server that answers as it likes, over UDP and, if told how, over TCP. */
export async function startHostileServer(overUdp: Behaviour, overTcp?: Behaviour): Promise<HostileServer> {
  const address = privateAddress();
  const asked: DecodedPacket[] = [];
  const udp = createSocket('udp4');
  let client: { port: number; address: string } | undefined;
  udp.on('message', (bytes, from) => {
    client = from;
    const query = decode(bytes);
    asked.push(query);
    for (const reply of overUdp(query)) udp.send(bytesOf(reply), from.port, from.address);
  });
  udp.bind(0, address);
  await once(udp, 'listening');
  const { port } = udp.address();
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const reply of overTcp?.(decode(chunk.subarray(2))) ?? []) {
        const bytes = bytesOf(reply);
        const length = Buffer.from([bytes.length >> 8, bytes.length & 255]);
        // In two pieces, as TCP may deliver it.
        socket.write(Buffer.concat([length, bytes.subarray(0, 5)]), () => socket.write(bytes.subarray(5)));
      }
    });
  });
  if (overTcp !== undefined) {
    tcp.listen(port, address);
    await once(tcp, 'listening');
  }
  return {
    address,
    port,
    asked,
    sendFromElsewhere: async (packet) => {
      const other: Socket = createSocket('udp4');
      other.bind(0, address);
      await once(other, 'listening');
      await new Promise((resolve) => other.send(encode(packet), client?.port ?? 0, client?.address, resolve));
      other.close();
    },
    [Symbol.asyncDispose]: async () => {
      udp.close();
      tcp.close();
      await Promise.resolve();
    },
  };
}

/** A well-formed authoritative answer to the query: a CNAME for a CNAME question, nothing else. */
export function cnameAnswer(query: DecodedPacket, target: string, more: Partial<Packet> = {}): Packet {
  const [question] = query.questions ?? [];
  return {
    type: 'response',
    id: query.id,
    flags: AUTHORITATIVE_ANSWER,
    questions: query.questions,
    answers:
      question?.type === 'CNAME' ? [{ type: 'CNAME', name: question.name, ttl: 60, data: target }] : [],
    ...more,
  };
}

function bytesOf(reply: Packet | Buffer): Buffer {
  return Buffer.isBuffer(reply) ? reply : encode(reply);
}
