import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCertificateAuthority } from '../../../src/lab/certificates.js';
import { Client } from '../../../src/lab/clients/client.js';
import { connectionOpener } from '../../../src/lab/clients/connections.js';
import type { Outcome } from '../../../src/lab/clients/tally.js';
import { privateAddress } from '../loopback.js';

const host = 'www.example.test';

/** An HTTPS server that remembers its connections and the requests' names. */
class Site {
  readonly address = privateAddress();
  readonly server: Server;
  connections: TLSSocket[] = [];
  resumed = 0;
  names = new Set<string>();

  constructor(tls: { readonly cert: string; readonly key: string }) {
    this.server = createServer(tls, (request, response) => {
      const { headers, socket } = request;
      this.names.add(`${headers.host ?? ''} ${socket instanceof TLSSocket ? String(socket.servername) : ''}`);
      response.end('hello');
    });
    this.server.on('secureConnection', (socket) => {
      this.connections.push(socket);
      if (socket.isSessionReused()) this.resumed += 1;
    });
  }

  async listen(port: number): Promise<number> {
    this.server.listen(port, this.address);
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  get open(): number {
    return this.connections.filter((socket) => !socket.destroyed).length;
  }
}

let first: Site;
let second: Site;
let ca: string;
let port: number;
let answer: readonly string[];
let outcomes: Outcome[];

beforeAll(async () => {
  const authority = await createCertificateAuthority();
  const certificate = await authority.issue([host]);
  ca = authority.certificatePem;
  const tls = { cert: certificate.certificatePem, key: certificate.privateKeyPem };
  first = new Site(tls);
  second = new Site(tls);
  port = await first.listen(0);
  await second.listen(port);
});

beforeEach(() => {
  outcomes = [];
});

afterAll(() => {
  for (const { server } of [first, second]) {
    server.closeAllConnections();
    server.close();
  }
});

test('a client keeps its connection until the address leaves its DNS answer, then closes it', async () => {
  const open = connectionOpener({ host, port, ca, connectTimeoutMs: 1_000 });
  const newClient = (): Client =>
    new Client({
      host,
      resolve: () => Promise.resolve(answer),
      open,
      requestTimeoutMs: 1_000,
      random: () => 0,
      now: () => 0,
      report: (outcome) => outcomes.push(outcome),
    });
  const client = newClient();

  answer = [first.address];
  for (let i = 0; i < 5; i += 1) {
    await client.visit();
    await delay(10);
  }
  answer = [second.address, first.address];
  await client.visit();
  expect([first.connections.length, second.connections.length]).toEqual([1, 0]);

  answer = [second.address];
  await client.visit();
  await expect.poll(() => first.open).toBe(0);
  expect([first.connections.length, second.connections.length, second.open]).toEqual([1, 1, 1]);

  answer = [first.address];
  await client.visit();
  const other = newClient();
  await other.visit();
  expect(first.resumed).toBe(2);

  expect(outcomes.map(({ result }) => result)).toEqual(Array.from({ length: 9 }, () => 'ok'));
  expect([...first.names]).toEqual([`${host} ${host}`]);
  await Promise.all([client.close(), other.close()]);
  await expect.poll(() => first.open + second.open).toBe(0);
});
