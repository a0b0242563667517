import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { exchange } from '../../../src/adapters/probe/exchange.js';
import { start } from '../../../src/adapters/probe/progress.js';
import { authority, httpsSide, never } from './side.js';

const to = { host: 'www.example.com', path: '/', compression: undefined };

test('a connection that is already closed fails at once and is not opened again', async () => {
  await using side = await httpsSide((_, response) => response.end());
  const { port } = side;
  const socket = connect({ port, host: '127.0.0.1', servername: to.host, ca: authority.certificatePem });
  await once(socket, 'secureConnect');
  socket.destroy();
  const asked = exchange(socket, { ...to, port }, start('127.0.0.1', port), never);
  await expect(asked).rejects.toThrow('the connection was closed');
  expect(side.sockets).toHaveLength(1);
});

test('the connection is closed when the answer has been read', async () => {
  await using side = await httpsSide((_, response) => response.end('fine'));
  const { port } = side;
  const socket = connect({ port, host: '127.0.0.1', servername: to.host, ca: authority.certificatePem });
  await once(socket, 'secureConnect');
  const answer = await exchange(socket, { ...to, port }, start('127.0.0.1', port), never);
  expect(answer).toMatchObject({ status: 200, body: 'fine', cut: false, encodingFault: null });
  expect(socket.destroyed).toBe(true);
});
