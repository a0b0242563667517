import { AUTHORITATIVE_ANSWER, TRUNCATED_RESPONSE, type DecodedPacket } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { createDns } from '../../../src/adapters/dns/dns.js';
import type { NameServerReading } from '../../../src/core/name-server.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { privateAddress } from '../../lab/loopback.js';
import { cnameAnswer, startHostileServer, type Behaviour, type HostileServer } from './hostile-server.js';

const host = 'www.example.com.' as RecordName;
const never = new AbortController().signal;
let server: HostileServer | undefined;

afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

async function sampleOf(
  behaviour: Behaviour,
  { count = 3, signal = never, overTcp }: { count?: number; signal?: AbortSignal; overTcp?: Behaviour } = {},
): Promise<NameServerReading> {
  server = await startHostileServer(behaviour, overTcp);
  const dns = createDns({ resolver: null, dnsPort: server.port });
  const [reading] = await dns.sample({ nameServers: [server.address], host, count }, signal);
  return reading!;
}

const right: Behaviour = (query) => [cnameAnswer(query, 'right.example.net')];
const rcode =
  (code: number): Behaviour =>
  (query) => [cnameAnswer(query, 'wrong.example.net', { flags: AUTHORITATIVE_ANSWER | code })];
const withId = (query: DecodedPacket, id: number) => cnameAnswer({ ...query, id }, 'wrong.example.net');

describe('a sampled name server', () => {
  it('is asked without recursion, under ids that differ, with room for a large answer', async () => {
    await sampleOf(right, { count: 20 });
    const asked = server?.asked ?? [];
    expect(asked.map((query) => query.questions?.[0]?.type).sort()).toEqual([
      ...Array<string>(20).fill('CNAME'),
      'TXT',
    ]);
    expect(asked.filter((query) => query.flag_rd)).toEqual([]);
    expect(new Set(asked.map((query) => query.id)).size).toBeGreaterThan(15);
    expect(asked[0]?.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
  });

  it('is asked again over TCP for what did not fit', async () => {
    const truncated: Behaviour = (query) => [
      cnameAnswer(query, 'wrong.example.net', {
        flags: AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE,
        answers: [],
      }),
    ];
    const marker = 'm'.repeat(2000);
    const strings = marker.match(/.{1,255}/g) ?? [];
    const reading = await sampleOf(truncated, {
      overTcp: (query) => {
        const [question] = query.questions ?? [];
        if (question?.type !== 'TXT') return right(query);
        return [cnameAnswer(query, '', { answers: [{ type: 'TXT', name: question.name, data: strings }] })];
      },
    });
    expect(reading).toMatchObject({ answers: { 'right.example.net.': 3 }, failed: 0, marker });
  });

  it.each<[string, Behaviour | undefined]>([
    ['no TCP', undefined],
    ['garbage over TCP', () => [Buffer.from('garbage, nothing but garbage')]],
    ['another id over TCP', (query) => [withId(query, ((query.id ?? 0) + 1) % 65_536)]],
  ])('that truncates and has %s counts as failed', async (_, overTcp) => {
    const truncated: Behaviour = (query) => [
      cnameAnswer(query, 'x', { flags: AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE }),
    ];
    const reading = await sampleOf(truncated, overTcp === undefined ? {} : { overTcp });
    expect(reading).toMatchObject({ answers: {}, failed: 3, marker: null });
  });

  it.each<[string, Behaviour]>([
    ['garbage', () => [Buffer.from([1]), Buffer.alloc(0), Buffer.from('garbage, nothing but garbage')]],
    [
      'garbage under the right id',
      (query) => [Buffer.from([(query.id ?? 0) >> 8, (query.id ?? 0) & 255, 0x84, 0, 0, 9, 0, 9])],
    ],
    ['another id', (query) => [withId(query, ((query.id ?? 0) + 1) % 65_536)]],
    [
      'another question',
      (query) => [
        cnameAnswer(query, 'wrong.example.net', { questions: [{ type: 'A', name: 'www.example.com' }] }),
      ],
    ],
    [
      'another name',
      (query) => [
        cnameAnswer(query, 'wrong.example.net', {
          questions: [{ type: 'CNAME', name: 'other.example.com' }],
        }),
      ],
    ],
    ['a query', (query) => [{ ...cnameAnswer(query, 'wrong.example.net'), type: 'query' as const }]],
  ])('that sends %s first is still heard', async (_, forged) => {
    const reading = await sampleOf((query) => [...forged(query), ...right(query)]);
    expect(reading).toMatchObject({ answers: { 'right.example.net.': 3 }, other: 0, failed: 0 });
  });

  it('is not mistaken for another port of its address', async () => {
    const reading = await sampleOf(
      (query) => {
        if (query.questions?.[0]?.type === 'CNAME') {
          void server?.sendFromElsewhere(cnameAnswer(query, 'wrong.example.net'));
        }
        return [];
      },
      { count: 1 },
    );
    expect(server?.asked).toHaveLength(2);
    expect(reading).toMatchObject({ answers: {}, failed: 1 });
  });

  it('answers in any case of letters', async () => {
    const reading = await sampleOf((query) => [
      cnameAnswer(query, 'Right.Example.NET', {
        questions: (query.questions ?? []).map((question) => ({
          ...question,
          name: question.name.toUpperCase(),
        })),
      }),
    ]);
    expect(reading.answers).toEqual({ 'right.example.net.': 3 });
  });

  it.each<[string, Behaviour]>([
    ['SERVFAIL', rcode(2)],
    ['REFUSED', rcode(5)],
    [
      'an answer that is not authoritative, as from a cache in between',
      (query) => [cnameAnswer(query, 'x', { flags: 0 })],
    ],
  ])('that gives %s counts as failed', async (_, behaviour) => {
    expect(await sampleOf(behaviour)).toMatchObject({ answers: {}, other: 0, failed: 3, marker: null });
  });

  it('that is silent costs two waits at most, however often it was to be asked', async () => {
    const startedAt = performance.now();
    const reading = await sampleOf(() => [], { count: 500 });
    expect(performance.now() - startedAt).toBeLessThan(2400);
    expect(reading).toMatchObject({ answers: {}, other: 0, failed: 500, marker: null });
    expect(server?.asked.length).toBeLessThan(20);
  });

  it('never has more than nine questions at once', async () => {
    let [open, most] = [0, 0];
    await sampleOf(
      (query) => {
        open += 1;
        most = Math.max(most, open);
        setImmediate(() => (open -= 1));
        return right(query);
      },
      { count: 100 },
    );
    expect(most).toBeLessThanOrEqual(9);
  });

  it('whose port is closed is known at once', async () => {
    const dns = createDns({ resolver: null, dnsPort: 1 });
    const address = privateAddress();
    const startedAt = performance.now();
    const readings = await dns.sample({ nameServers: [address], host, count: 100 }, never);
    expect(readings).toEqual([{ server: address, host, answers: {}, other: 0, failed: 100, marker: null }]);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('is left when the caller gives up', async () => {
    const startedAt = performance.now();
    const reading = await sampleOf(() => [], { signal: AbortSignal.timeout(50) });
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(reading).toMatchObject({ failed: 3, marker: null });
  });

  it('is sampled beside others without a warning about listeners', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): unknown => warnings.push(warning.name);
    process.on('warning', note);
    server = await startHostileServer(right);
    const dns = createDns({ resolver: null, dnsPort: server.port });
    const nameServers = Array<string>(4).fill(server.address);
    await dns.sample({ nameServers, host, count: 50 }, new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});
