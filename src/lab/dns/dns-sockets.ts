import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Transport } from './message.js';

/** Turns a query packet into a response packet; undefined sends nothing. Must not throw. */
export type PacketHandler = (query: Buffer, transport: Transport) => Buffer | undefined;

/** A UDP socket and a TCP listener on one address and port. */
export interface DnsSockets {
  readonly port: number;
  close(): Promise<void>;
}

const tcpIdleMs = 10_000;
const maxTcpConnections = 200;
const lengthBytes = 2;
/** With port 0 the port the system chose for UDP may be taken for TCP; then another is tried. */
const bindAttempts = 10;

/**
 * Binds both transports and answers with the handler.
 * @throws the system's error when the address cannot be bound (EADDRINUSE, EADDRNOTAVAIL, EACCES).
 */
export async function openDnsSockets(host: string, port: number, handle: PacketHandler): Promise<DnsSockets> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = await bindUdp(host, port, handle);
    const boundPort = udp.address().port;
    try {
      const tcp = await listenTcp(host, boundPort, handle);
      return { port: boundPort, close: () => closeBoth(udp, tcp) };
    } catch (error) {
      udp.close();
      if (port !== 0 || attempt === bindAttempts) throw error;
    }
  }
}

async function bindUdp(host: string, port: number, handle: PacketHandler): Promise<UdpSocket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (query, client) => {
    const response = handle(query, 'udp');
    // A client that is gone is no reason for the server to fail.
    if (response !== undefined) socket.send(response, client.port, client.address, () => undefined);
  });
  socket.bind(port, host);
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  return socket;
}

interface TcpListener {
  readonly server: Server;
  readonly connections: ReadonlySet<Socket>;
}

async function listenTcp(host: string, port: number, handle: PacketHandler): Promise<TcpListener> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(tcpIdleMs, () => socket.destroy());
    serveConnection(socket, handle);
  });
  server.maxConnections = maxTcpConnections;
  server.listen(port, host);
  await once(server, 'listening');
  return { server, connections };
}

/** Messages over TCP follow each other, each behind its length (RFC 1035 section 4.2.2). */
function serveConnection(socket: Socket, handle: PacketHandler): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= lengthBytes) {
      const end = lengthBytes + received.readUInt16BE(0);
      if (received.length < end) return;
      const response = handle(received.subarray(lengthBytes, end), 'tcp');
      received = received.subarray(end);
      if (response === undefined) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    }
  });
}

async function closeBoth(udp: UdpSocket, { server, connections }: TcpListener): Promise<void> {
  const closed = Promise.all([once(udp, 'close'), once(server, 'close')]);
  udp.close();
  server.close();
  for (const connection of connections) connection.destroy();
  await closed;
}
