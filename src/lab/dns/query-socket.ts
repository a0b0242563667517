import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, type DecodedPacket } from 'dns-packet';
import type { Random } from '../random.js';
import type { Question } from './reply.js';

/** Where a name server listens, on UDP. */
export interface NameServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Asks one name server one question once. Rejects when no matching response came in time. */
export type AskNameServer = (
  server: NameServerAddress,
  question: Question,
  timeoutMs: number,
) => Promise<DecodedPacket>;

/** One UDP socket that many resolvers ask through. */
export interface QuerySocket {
  readonly ask: AskNameServer;
  /** Rejects what is still waiting. */
  close(): Promise<void>;
}

const maxWaiting = 4_096;

/**
 * Opens the socket. A response counts only when id, question, address and port match a query that waits for it
 * (RFC 5452); anything else is ignored.
 */
export async function openQuerySocket(random: Random): Promise<QuerySocket> {
  const socket = createSocket('udp4');
  const waiting = new Map<number, Waiting>();
  socket.on('message', (bytes, from) => {
    const query = bytes.length >= 2 ? waiting.get(bytes.readUInt16BE(0)) : undefined;
    if (query === undefined || from.port !== query.server.port || from.address !== query.server.host) return;
    const packet = decodedResponse(bytes);
    if (packet !== undefined && repeats(packet, query.question)) query.settle(packet);
  });
  socket.bind(0);
  await once(socket, 'listening');
  // A send that fails shows as a query without response.
  socket.on('error', () => undefined);
  let closed = false;
  return {
    ask: async (server, question, timeoutMs) => {
      if (closed) throw closedError();
      return await ask({ socket, waiting, random }, server, question, timeoutMs);
    },
    close: async () => {
      closed = true;
      for (const query of waiting.values()) query.settle(closedError());
      const silent = once(socket, 'close');
      socket.close();
      await silent;
    },
  };
}

interface Waiting {
  readonly server: NameServerAddress;
  readonly question: Question;
  settle(result: DecodedPacket | Error): void;
}

interface Channel {
  readonly socket: Socket;
  readonly waiting: Map<number, Waiting>;
  readonly random: Random;
}

async function ask(
  { socket, waiting, random }: Channel,
  server: NameServerAddress,
  question: Question,
  timeoutMs: number,
): Promise<DecodedPacket> {
  if (waiting.size >= maxWaiting) throw new Error(`${maxWaiting} DNS queries are waiting already`);
  let id = Math.floor(random() * 65_536);
  while (waiting.has(id)) id = (id + 1) % 65_536;
  const query = encode({
    type: 'query',
    id,
    questions: [{ name: question.name, type: question.type as 'A' }],
  });
  return await new Promise((resolve, reject) => {
    const settle = (result: DecodedPacket | Error): void => {
      clearTimeout(timer);
      waiting.delete(id);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const timer = setTimeout(
      () => settle(new Error(`no response from ${server.host} port ${server.port} in ${timeoutMs} ms`)),
      timeoutMs,
    );
    waiting.set(id, { server, question, settle });
    socket.send(query, server.port, server.host, () => undefined);
  });
}

function closedError(): Error {
  return new Error('the query socket is closed');
}

function decodedResponse(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function repeats(packet: DecodedPacket, question: Question): boolean {
  const [asked] = packet.questions ?? [];
  return (
    packet.type === 'response' &&
    asked?.type === question.type &&
    asked.name.toLowerCase() === question.name.toLowerCase()
  );
}
