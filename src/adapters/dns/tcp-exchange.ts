import { connect } from 'node:net';
import type { DecodedPacket } from 'dns-packet';
import { err, ok, type Result } from '../../core/result.js';
import { responseTo, type DnsServer, type Query, type Unanswered } from './question.js';

const lengthBytes = 2;

/** Asks over TCP, where a message follows its length in two bytes (RFC 1035, section 4.2.2). One connection, one question. */
export async function askOverTcp(
  server: DnsServer,
  query: Query,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<DecodedPacket, Unanswered>> {
  if (signal.aborted) return err('stopped');
  return await new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    const settle = (outcome: Result<DecodedPacket, Unanswered>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(outcome);
    };
    const stop = (): void => settle(err('stopped'));
    const timer = setTimeout(() => settle(err('timeout')), Math.max(0, timeoutMs));
    signal.addEventListener('abort', stop, { once: true });
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const message = firstMessage(received);
      if (message === undefined) return;
      const packet = responseTo(query, message);
      settle(packet === undefined ? err('unreachable') : ok(packet));
    });
    socket.on('error', () => settle(err('unreachable')));
    socket.on('close', () => settle(err('unreachable')));
    socket.on('connect', () => socket.write(framed(query.packet)));
  });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** The first whole message; at most 65,535 bytes are ever waited for, because its length has two bytes. */
function firstMessage(received: Buffer): Buffer | undefined {
  if (received.length < lengthBytes) return undefined;
  const end = lengthBytes + received.readUInt16BE(0);
  return received.length < end ? undefined : received.subarray(lengthBytes, end);
}
