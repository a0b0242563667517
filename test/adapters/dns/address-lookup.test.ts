import { afterEach, describe, expect, it } from 'vitest';
import { lookupThrough, lookupThroughSystem } from '../../../src/adapters/dns/address-lookup.js';
import { privateAddress } from '../../lab/loopback.js';
import { cnameAnswer, startHostileServer, type Behaviour, type HostileServer } from './hostile-server.js';

const never = new AbortController().signal;
let server: HostileServer | undefined;

afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function lookupFrom(behaviour: Behaviour, signal = never) {
  server = await startHostileServer(behaviour);
  return await lookupThrough(server)('www.example.com', signal);
}

const typeOf = (query: Parameters<Behaviour>[0]): string => query.questions?.[0]?.type ?? '';
const address: Behaviour = (query) => [
  cnameAnswer(query, '', {
    answers:
      typeOf(query) === 'A' ? [{ type: 'A', name: 'www.example.com', ttl: 60, data: '192.0.2.1' }] : [],
  }),
];

describe('a lookup through a resolver', () => {
  it('asks for recursion', async () => {
    expect(await lookupFrom(address)).toEqual({ ok: true, value: ['192.0.2.1'] });
    expect(server?.asked.every((query) => query.flag_rd)).toBe(true);
  });

  it('asks again once when a packet is lost', async () => {
    const seen = new Set<string>();
    const found = await lookupFrom((query) => {
      if (seen.has(typeOf(query))) return address(query);
      seen.add(typeOf(query));
      return [];
    });
    expect(found).toEqual({ ok: true, value: ['192.0.2.1'] });
  });

  it('is content with one address family when the other fails', async () => {
    const found = await lookupFrom((query) =>
      typeOf(query) === 'A' ? address(query) : [cnameAnswer(query, '', { flags: 2 })],
    );
    expect(found).toEqual({ ok: true, value: ['192.0.2.1'] });
  });

  it('does not call a name absent when one family is not known', async () => {
    const found = await lookupFrom((query) => [
      cnameAnswer(query, '', { answers: [], flags: typeOf(query) === 'A' ? 0 : 2 }),
    ]);
    expect(found).toMatchObject({ ok: false, error: { reason: 'unavailable' } });
  });

  it('times out', async () => {
    expect(await lookupFrom(() => [])).toMatchObject({ ok: false, error: { reason: 'timeout' } });
    expect(server?.asked).toHaveLength(4);
  });

  it('is unavailable when nothing listens', async () => {
    const nowhere = lookupThrough({ address: privateAddress(), port: 1 });
    expect(await nowhere('www.example.com', never)).toMatchObject({
      ok: false,
      error: { reason: 'unavailable' },
    });
  });
});

describe('a lookup through the system', () => {
  it('knows the hosts file and addresses', async () => {
    const found = await lookupThroughSystem('localhost', never);
    expect(found.ok && found.value[0]).toBe('127.0.0.1');
    expect(await lookupThroughSystem('::1', never)).toEqual({ ok: true, value: ['::1'] });
  });

  it('says what is no name, and when the caller has given up', async () => {
    expect(await lookupThroughSystem('a..b', never)).toMatchObject({
      ok: false,
      error: { reason: 'invalid' },
    });
    expect(await lookupThroughSystem('localhost', AbortSignal.abort())).toMatchObject({
      ok: false,
      error: { reason: 'timeout' },
    });
  });
});
