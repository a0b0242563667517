import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, Server } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { AddressesMissingError, claimHolder, claimSubnet, SubnetTakenError } from '../../src/lab/claim.js';
import { settingsOf, socketsOf } from '../../src/lab/settings.js';

/** Away from the subnets that labs take by themselves. */
const subnet = `127.54.${process.pid % 256}`;

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const release of cleanUp.splice(0)) await release();
});

test('two labs side by side get different subnets, and every socket of each is theirs', async () => {
  const [first, second] = await Promise.all([claimSubnet(), claimSubnet()]);
  cleanUp.push(
    () => first.release(),
    () => second.release(),
  );
  expect(first.settings.subnet).toMatch(/^127\.53\.\d+$/);
  expect(second.settings.subnet).toMatch(/^127\.53\.\d+$/);
  expect(first.settings.subnet).not.toBe(second.settings.subnet);
  for (const { transport, address, port } of socketsOf(second.settings)) {
    if (transport !== 'tcp') continue;
    const server = createServer().listen(port, address);
    await once(server, 'listening');
    server.close();
  }
});

test('the holder of a claim says who it is, until it is released', async () => {
  const claim = await claimSubnet(subnet);
  expect(await claimHolder(claim.settings)).toBe(claim.id);
  await expect(claimSubnet(subnet)).rejects.toThrow(SubnetTakenError);
  await claim.release();
  expect(await claimHolder(claim.settings)).toBeUndefined();
  const again = await claimSubnet(subnet);
  cleanUp.push(() => again.release());
  expect(again.id).not.toBe(claim.id);
});

test.each(['tcp', 'udp'] as const)(
  'a %s port that another program has makes the subnet taken, by name',
  async (transport) => {
    const settings = settingsOf(subnet);
    const taken = socketsOf(settings)
      .filter((socket) => socket.transport === transport)
      .at(-1)!;
    const { address, port } = taken;
    if (transport === 'tcp') {
      const server = createServer().listen(port, address);
      cleanUp.push(() => server.close());
      await once(server, 'listening');
    } else {
      const socket = createSocket('udp4').bind(port, address);
      cleanUp.push(() => socket.close());
      await once(socket, 'listening');
    }
    await expect(claimSubnet(subnet)).rejects.toThrow(`${address}:${port} (${transport})`);
    expect(await claimHolder(settings)).toBeUndefined();
  },
);

test('where the addresses do not exist the error has the commands that make them', async () => {
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server) {
    process.nextTick(() => this.emit('error', Object.assign(new Error('no'), { code: 'EADDRNOTAVAIL' })));
    return this;
  });
  const error = await claimSubnet('127.53.7').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AddressesMissingError);
  expect((error as AddressesMissingError).commands).toEqual(
    [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 31, 32].map((last) => `sudo ifconfig lo0 alias 127.53.7.${last} up`),
  );
});

test.each(['10.0.0', '127.53', '127.53.1.1', '127.53.256', '', 'localhost'])(
  '"%s" is no subnet',
  async (text) => {
    await expect(claimSubnet(text)).rejects.toThrow(RangeError);
  },
);
