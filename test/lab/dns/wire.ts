import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode, streamEncode, type DecodedPacket, type OptAnswer, type Packet } from 'dns-packet';

/** Where a test's DNS server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A decoded response; dns-packet decodes rcode too, which its types leave out. */
export type Response = DecodedPacket & { readonly rcode: string };

export function query(name: string, type: string, more: Partial<Packet> = {}): Packet {
  return { type: 'query', id: 4711, questions: [{ name, type: type as 'A' }], ...more };
}

export function edns(udpPayloadSize: number, more: Partial<OptAnswer> = {}): OptAnswer {
  return {
    name: '.',
    type: 'OPT',
    udpPayloadSize,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
    ...more,
  };
}

export async function askUdp(server: Endpoint, packet: Packet): Promise<Response> {
  const bytes = await sendUdp(server, encode(packet));
  if (bytes === undefined) throw new Error('no response');
  return decode(bytes) as Response;
}

/** The raw response to raw bytes, or undefined when none comes within the wait. */
export async function sendUdp(server: Endpoint, bytes: Buffer, waitMs = 1_000): Promise<Buffer | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.send(bytes, server.port, server.host);
    const [message] = (await once(socket, 'message', { signal: AbortSignal.timeout(waitMs) })) as [Buffer];
    return message;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** Sends all queries at once over one connection, byte by byte if asked, and returns the responses in order. */
export async function askTcp(
  server: Endpoint,
  packets: readonly Packet[],
  chunkBytes = 65_536,
): Promise<Response[]> {
  const socket = connect(server.port, server.host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const bytes = Buffer.concat(packets.map((packet) => streamEncode(packet)));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    socket.write(bytes.subarray(at, at + chunkBytes));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const responses: Response[] = [];
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      responses.push(decode(received.subarray(2, end)) as Response);
      received = received.subarray(end);
    }
    if (responses.length === packets.length) break;
  }
  socket.destroy();
  return responses;
}
