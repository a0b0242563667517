import type { DecodedPacket } from 'dns-packet';
import { decode, encode } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { answerQuestion } from '../../../src/lab/dns/answer.js';
import { CachingResolver, type CachingResolverOptions } from '../../../src/lab/dns/caching-resolver.js';
import { respond } from '../../../src/lab/dns/message.js';
import { startNameServer } from '../../../src/lab/dns/name-server.js';
import {
  openQuerySocket,
  type AskNameServer,
  type NameServerAddress,
} from '../../../src/lab/dns/query-socket.js';
import { seededRandom } from '../../../src/lab/random.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';
import { privateAddress } from '../loopback.js';
import { plain, SOA, sourceOf, zoneOf } from './zones.js';

const SERVERS = [1, 2, 3, 4].map((last) => ({ host: `192.0.2.${last}`, port: 53 }));

/** A resolver in virtual time over zones that can be changed; real packets, no sockets. */
class VirtualWorld {
  nowMs = 0;
  asked: { readonly server: NameServerAddress; readonly name: string }[] = [];
  silent = new Set<string>();
  example: LabRecord[] = [
    plain('www.example.test.', 'CNAME', 2, 'quiet.herokudns.com.'),
    plain('zero.example.test.', 'CNAME', 0, 'host.example.test.'),
    plain('host.example.test.', 'A', 0, '192.0.2.80'),
    plain('deep.example.test.', 'CNAME', 5, 'deeper.example.test.'),
    plain('deeper.example.test.', 'A', 1, '192.0.2.81'),
    plain('loop.example.test.', 'CNAME', 5, 'loop.herokudns.com.'),
  ];
  heroku: LabRecord[] = [
    plain('quiet.herokudns.com.', 'A', 30, '127.1.0.1', '127.1.0.2'),
    plain('loop.herokudns.com.', 'CNAME', 5, 'loop.example.test.'),
  ];

  resolver(options: Partial<CachingResolverOptions> = {}): CachingResolver {
    const random = seededRandom('3');
    return new CachingResolver({
      nameServers: SERVERS,
      ask: this.#ask,
      overstayMeanMs: 0,
      now: () => this.nowMs,
      random,
      ...options,
    });
  }

  readonly #ask: AskNameServer = (server, question) => {
    this.asked.push({ server, name: question.name });
    if (this.silent.has(server.host)) return Promise.reject(new Error('silence'));
    const zones = sourceOf(() => [
      zoneOf('example.test.', [SOA, ...this.example]),
      zoneOf('herokudns.com.', [{ ...SOA, name: 'herokudns.com.' }, ...this.heroku]),
    ]);
    const query = encode({ type: 'query', id: 1, questions: [{ name: question.name, type: 'A' }] });
    const response = respond(query, 'udp', {
      recursive: false,
      answer: (each) =>
        answerQuestion(
          (name) => zones.zoneFor(0, name),
          each,
          () => 0,
        ),
    });
    return Promise.resolve<DecodedPacket>(decode(response!));
  };

  names(): string[] {
    return this.asked.splice(0).map(({ name }) => name);
  }
}

describe('in virtual time', () => {
  test('each link of a chain is kept for its own TTL and no longer', async () => {
    const world = new VirtualWorld();
    const resolver = world.resolver();
    expect(await resolver.resolve('WWW.example.test')).toEqual(['127.1.0.1', '127.1.0.2']);
    expect(world.names()).toEqual(['www.example.test', 'quiet.herokudns.com']);

    world.example[0] = plain('www.example.test.', 'CNAME', 2, 'host.example.test.');
    world.nowMs = 1_999;
    expect(await resolver.resolve('www.example.test')).toEqual(['127.1.0.1', '127.1.0.2']);
    expect(world.names()).toEqual([]);

    world.nowMs = 2_000;
    expect(await resolver.resolve('www.example.test')).toEqual(['192.0.2.80']);
    expect(world.names()).toEqual(['www.example.test', 'host.example.test']);

    world.example[0] = plain('www.example.test.', 'CNAME', 2, 'quiet.herokudns.com.');
    world.nowMs = 4_000;
    expect(await resolver.resolve('www.example.test')).toEqual(['127.1.0.1', '127.1.0.2']);
    expect(world.names()).toEqual(['www.example.test']);
  });

  test('an in-zone chain comes in one answer and its links expire separately', async () => {
    const world = new VirtualWorld();
    const resolver = world.resolver();
    await resolver.resolve('deep.example.test');
    expect(world.names()).toEqual(['deep.example.test']);
    world.nowMs = 1_500;
    await resolver.resolve('deep.example.test');
    expect(world.names()).toEqual(['deeper.example.test']);
  });

  test('TTL 0 is used once', async () => {
    const world = new VirtualWorld();
    const resolver = world.resolver();
    expect(await resolver.resolve('zero.example.test')).toEqual(['192.0.2.80']);
    world.names();
    expect(await resolver.resolve('host.example.test')).toEqual(['192.0.2.80']);
    expect(world.names()).toEqual(['host.example.test']);
  });

  test('a missing name is remembered for the TTL of the SOA', async () => {
    const world = new VirtualWorld();
    const resolver = world.resolver();
    expect(await resolver.resolve('new.example.test')).toEqual([]);
    world.example.push(plain('new.example.test.', 'A', 60, '192.0.2.90'));
    world.nowMs = 899_999;
    expect(await resolver.resolve('new.example.test')).toEqual([]);
    world.nowMs = 900_000;
    expect(await resolver.resolve('new.example.test')).toEqual(['192.0.2.90']);
  });

  test('an overstaying resolver keeps answers longer by an exponential time of the set mean', async () => {
    const world = new VirtualWorld();
    const random = seededRandom('11');
    const keptMs: number[] = [];
    for (let i = 0; i < 400; i += 1) {
      const resolver = world.resolver({ overstayMeanMs: 10_000, random });
      const startMs = world.nowMs;
      await resolver.resolve('www.example.test');
      world.names();
      while (world.asked.length === 0) {
        world.nowMs += 250;
        await resolver.resolve('www.example.test');
        if (world.asked.every(({ name }) => name !== 'www.example.test')) world.names();
      }
      world.names();
      keptMs.push(world.nowMs - startMs - 2_000);
    }
    const meanMs = keptMs.reduce((sum, each) => sum + each, 0) / keptMs.length;
    expect(Math.min(...keptMs)).toBeGreaterThanOrEqual(0);
    // Four standard errors of an exponential mean, and the polling step.
    expect(Math.abs(meanMs - 10_000)).toBeLessThan((4 * 10_000) / Math.sqrt(400) + 250);
    expect(keptMs.filter((each) => each > 10_000).length / 400).toBeCloseTo(Math.exp(-1), 1);
  });

  test('three different name servers are tried, then the failure is told', async () => {
    const world = new VirtualWorld();
    for (const server of SERVERS) world.silent.add(server.host);
    await expect(world.resolver().resolve('www.example.test')).rejects.toThrow('silence');
    expect(new Set(world.asked.map(({ server }) => server.host)).size).toBe(3);

    world.silent.delete('192.0.2.4');
    const alone = world.resolver({ nameServers: SERVERS.slice(2) });
    expect(await alone.resolve('host.example.test')).toEqual(['192.0.2.80']);
  });

  test('REFUSED is no answer, and a circle of CNAMEs has no end', async () => {
    const world = new VirtualWorld();
    await expect(world.resolver().resolve('www.example.org')).rejects.toThrow('response code 5');
    await expect(world.resolver().resolve('loop.example.test')).rejects.toThrow('more than 8 links');
  });

  test('simultaneous calls share the queries', async () => {
    const world = new VirtualWorld();
    const resolver = world.resolver();
    await Promise.all(Array.from({ length: 20 }, () => resolver.resolve('host.example.test')));
    expect(world.names()).toEqual(['host.example.test']);
  });
});

describe('on real sockets', () => {
  test('the resolver survives a dead name server', async () => {
    const zones = sourceOf(() => [
      zoneOf('example.test.', [SOA, plain('www.example.test.', 'A', 2, '127.1.0.1')]),
    ]);
    await using server = await startNameServer({
      zones,
      serverIndex: 0,
      host: privateAddress(),
      port: 0,
      random: () => 0,
    });
    const socket = await openQuerySocket(seededRandom('5'));
    const nameServers = [{ host: privateAddress(), port: server.port }, server];
    // The smallest number picks the first of the list, which is the dead one.
    const resolver = new CachingResolver({
      nameServers,
      ask: socket.ask,
      overstayMeanMs: 0,
      now: () => 0,
      random: () => 0,
    });
    expect(await resolver.resolve('www.example.test')).toEqual(['127.1.0.1']);
    await socket.close();
  });

  test('responses with another id, question or sender are ignored', async () => {
    const liar = createSocket('udp4');
    const stranger = createSocket('udp4');
    liar.bind(0, privateAddress());
    await once(liar, 'listening');
    stranger.bind(liar.address().port, privateAddress());
    await once(stranger, 'listening');
    liar.on('message', (bytes, client) => {
      const { id, questions } = decode(bytes);
      const answer = (address: string): { name: string; type: 'A'; ttl: number; data: string }[] => [
        { name: 'www.example.test', type: 'A', ttl: 1, data: address },
      ];
      const send = (from: typeof liar, packet: Buffer): void =>
        from.send(packet, client.port, client.address);
      send(
        liar,
        encode({
          type: 'response',
          id: (id! + 1) % 65_536,
          questions: questions!,
          answers: answer('192.0.2.1'),
        }),
      );
      send(
        liar,
        encode({
          type: 'response',
          id: id!,
          questions: [{ name: 'x.test', type: 'A' }],
          answers: answer('192.0.2.2'),
        }),
      );
      send(liar, Buffer.concat([bytes.subarray(0, 2), Buffer.from('garbage')]));
      send(liar, bytes);
      send(
        stranger,
        encode({ type: 'response', id: id!, questions: questions!, answers: answer('192.0.2.3') }),
      );
      setTimeout(
        () =>
          send(
            liar,
            encode({ type: 'response', id: id!, questions: questions!, answers: answer('192.0.2.4') }),
          ),
        30,
      );
    });
    const socket = await openQuerySocket(seededRandom('6'));
    const server = { host: liar.address().address, port: liar.address().port };
    expect(await socket.ask(server, { name: 'www.example.test', type: 'A' }, 1_000)).toMatchObject({
      answers: [{ data: '192.0.2.4' }],
    });
    liar.removeAllListeners('message');
    await expect(socket.ask(server, { name: 'www.example.test', type: 'A' }, 50)).rejects.toThrow('in 50 ms');
    const abandoned = socket.ask(server, { name: 'www.example.test', type: 'A' }, 60_000);
    await Promise.all([expect(abandoned).rejects.toThrow('closed'), socket.close()]);
    liar.close();
    stranger.close();
  });
});
