import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { encode, type OptAnswer } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNameServer, type NameServer } from '../../../src/lab/dns/name-server.js';
import { seededRandom } from '../../../src/lab/random.js';
import type { ZoneSource } from '../../../src/lab/zone/record.js';
import { privateAddress } from '../loopback.js';
import { askTcp, askUdp, edns, query, sendUdp, type Response } from './wire.js';
import { member, plain, SOA, sourceOf, zoneOf } from './zones.js';

const DIG = '/usr/bin/dig';
const HOST = privateAddress();

const addresses = (count: number): string[] => Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);

const source = sourceOf(() => [
  zoneOf('example.test.', [
    SOA,
    member('shift-source', 75, 'a.herokudns.com'),
    member('shift-target', 25, 'b.elb.test'),
    plain('host.example.test.', 'A', 60, '192.0.2.1'),
    plain('large.example.test.', 'A', 60, ...addresses(30)),
    plain('huge.example.test.', 'A', 60, ...addresses(60)),
    plain('broken.example.test.', 'HTTPS', 60, '1 .'),
    plain('_shift.www.example.test.', 'TXT', 2, `"${'m'.repeat(255)}" "rest \\"\\\\ \\101"`),
  ]),
]);

let server: NameServer;
beforeAll(async () => {
  server = await startNameServer({
    zones: source,
    serverIndex: 0,
    host: HOST,
    port: 0,
    random: seededRandom('1'),
  });
});
afterAll(() => server.close());

function optOf(response: { additionals?: readonly { type: string }[] | undefined }): OptAnswer | undefined {
  return response.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
}

describe('over UDP', () => {
  test('answers with authority, echoing id, RD and the case of the question', async () => {
    const response = await askUdp(server, query('HoSt.eXample.TEST', 'A', { flags: 0x0100 }));
    expect(response).toMatchObject({
      id: 4711,
      rcode: 'NOERROR',
      flag_aa: true,
      flag_ra: false,
      flag_rd: true,
    });
    expect(response.questions).toMatchObject([{ name: 'HoSt.eXample.TEST' }]);
    expect(response.answers).toMatchObject([{ name: 'HoSt.eXample.TEST', data: '192.0.2.1', ttl: 60 }]);
    expect(response.additionals).toEqual([]);
  });

  test('draws one weighted member per query', async () => {
    const draws = 400;
    const answers: Response[] = [];
    for (let i = 0; i < draws; i += 1) answers.push(await askUdp(server, query('www.example.test', 'CNAME')));
    expect(answers.every((answer) => answer.answers?.length === 1)).toBe(true);
    const target = answers.filter((answer) => JSON.stringify(answer.answers).includes('b.elb.test')).length;
    expect(Math.abs(target - draws * 0.25)).toBeLessThan(4 * Math.sqrt(draws * 0.25 * 0.75));
  });

  test('serves a TXT value of several strings', async () => {
    const { answers } = await askUdp(server, query('_shift.www.example.test', 'TXT'));
    expect(answers).toMatchObject([{ data: [Buffer.from('m'.repeat(255)), Buffer.from('rest "\\ A')] }]);
  });

  test('says NXDOMAIN and NODATA with the SOA, REFUSED outside its zones', async () => {
    const soa = [{ type: 'SOA', name: 'example.test', ttl: 900 }];
    expect(await askUdp(server, query('no.example.test', 'A'))).toMatchObject({
      rcode: 'NXDOMAIN',
      authorities: soa,
    });
    expect(await askUdp(server, query('host.example.test', 'TXT'))).toMatchObject({
      rcode: 'NOERROR',
      authorities: soa,
    });
    expect(await askUdp(server, query('example.org', 'A'))).toMatchObject({
      rcode: 'REFUSED',
      flag_aa: false,
    });
    expect(await askUdp(server, query('example.test', 'AXFR'))).toMatchObject({ rcode: 'REFUSED' });
  });

  test('answers a type nobody has heard of with NODATA', async () => {
    const response = await askUdp(server, query('host.example.test', 'UNKNOWN_65'));
    expect(response).toMatchObject({ rcode: 'NOERROR', answers: [], questions: [{ type: 'UNKNOWN_65' }] });
  });

  test('says SERVFAIL for a record it cannot put into a packet', async () => {
    expect(await askUdp(server, query('broken.example.test', 'ANY'))).toMatchObject({ rcode: 'SERVFAIL' });
  });
});

describe('sizes', () => {
  test('beyond 512 bytes without EDNS are truncated to nothing', async () => {
    const response = await askUdp(server, query('large.example.test', 'A'));
    expect(response).toMatchObject({ flag_tc: true, answers: [], rcode: 'NOERROR' });
  });

  test('follow the EDNS limit of the client, and never exceed 1232', async () => {
    const ask = (name: string, limit: number): ReturnType<typeof askUdp> =>
      askUdp(server, query(name, 'A', { additionals: [edns(limit)] }));
    expect((await ask('large.example.test', 1_232)).answers).toHaveLength(30);
    expect(await ask('large.example.test', 600)).toMatchObject({ flag_tc: true });
    expect(await ask('large.example.test', 1)).toMatchObject({ flag_tc: true });
    expect(await ask('huge.example.test', 4_096)).toMatchObject({ flag_tc: true });
  });

  test('do not matter over TCP, where several queries share a connection and arrive in any pieces', async () => {
    const responses = await askTcp(
      server,
      [query('huge.example.test', 'A'), query('large.example.test', 'A')],
      7,
    );
    expect(responses.map((response) => response.answers?.length)).toEqual([60, 30]);
    expect(responses[0]?.flag_tc).toBe(false);
  });
});

describe('EDNS', () => {
  test('is offered at 1232 bytes, with DO and the client subnet echoed at scope 0', async () => {
    const subnet = {
      code: 8,
      ip: '198.51.100.0',
      sourcePrefixLength: 24,
      scopePrefixLength: 0,
      family: 1,
    } as const;
    const response = await askUdp(
      server,
      query('host.example.test', 'A', { additionals: [edns(4_096, { flags: 0x8000, options: [subnet] })] }),
    );
    expect(optOf(response)).toMatchObject({
      udpPayloadSize: 1_232,
      flag_do: true,
      options: [{ code: 8, ip: '198.51.100.0', sourcePrefixLength: 24, scopePrefixLength: 0 }],
    });
  });

  test('of another version is BADVERS', async () => {
    const response = await askUdp(
      server,
      query('host.example.test', 'A', { additionals: [edns(1_232, { ednsVersion: 1 })] }),
    );
    expect(response.answers).toEqual([]);
    expect(optOf(response)).toMatchObject({ extendedRcode: 1, ednsVersion: 0 });
  });
});

describe('malformed packets', () => {
  const header = (flags: number, questions: number): Buffer =>
    Buffer.from([0x12, 0x34, flags >> 8, flags & 0xff, 0, questions, 0, 0, 0, 0, 0, 0]);

  test.each([
    ['an update (opcode 5)', header(0x2800, 0), 4],
    ['no question', header(0, 0), 1],
    ['a question cut short', header(0, 1), 1],
    ['a pointer to itself', Buffer.concat([header(0, 1), Buffer.from([0xc0, 12, 0, 1, 0, 1])]), 1],
    ['a dot inside a label', Buffer.concat([header(0, 1), Buffer.from([3, 97, 46, 98, 0, 0, 1, 0, 1])]), 1],
    ['bytes that are not UTF-8', Buffer.concat([header(0, 1), Buffer.from([1, 0xff, 0, 0, 1, 0, 1])]), 1],
  ])('%s gets its error code and its id back', async (_name, bytes, rcode) => {
    const response = await sendUdp(server, bytes);
    expect(response?.readUInt16BE(0)).toBe(0x1234);
    expect((response?.readUInt16BE(2) ?? 0) & 0x800f).toBe(0x8000 | rcode);
  });

  test('two questions are FORMERR', async () => {
    const both = query('host.example.test', 'A');
    both.questions?.push({ name: 'www.example.test', type: 'A' });
    expect(await askUdp(server, both)).toMatchObject({ rcode: 'FORMERR' });
  });

  test('responses and fragments of a header get silence', async () => {
    expect(await sendUdp(server, header(0x8000, 0), 100)).toBeUndefined();
    expect(await sendUdp(server, Buffer.from([1, 2, 3]), 100)).toBeUndefined();
  });

  test('a client subnet too short to have a scope is not echoed', async () => {
    const short = { code: 8, ip: undefined, data: Buffer.from([0, 1]) } as const;
    const padding = { code: 12, length: 8 } as const;
    const response = await askUdp(
      server,
      query('host.example.test', 'A', { additionals: [edns(1_232, { options: [short, padding] })] }),
    );
    expect(response).toMatchObject({ rcode: 'NOERROR', answers: [{ data: '192.0.2.1' }] });
    expect(optOf(response)).toMatchObject({ options: [] });
  });
});

test('random bytes and mangled queries never stop the server', async () => {
  const good = encode(query('host.example.test', 'A', { additionals: [edns(1_232)] }));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 600 }),
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
      async (garbage, edits) => {
        const mangled = Buffer.from(good);
        for (const [at, byte] of edits) mangled[at] = byte;
        await Promise.all([sendUdp(server, Buffer.from(garbage), 1), sendUdp(server, mangled, 1)]);
      },
    ),
    { numRuns: 300 },
  );
  expect(await askUdp(server, query('host.example.test', 'A'))).toMatchObject({ rcode: 'NOERROR' });
});

test('each name server answers from its own view of the zone', async () => {
  const views = ['192.0.2.1', '192.0.2.2'].map((address) =>
    zoneOf('example.test.', [SOA, plain('host.example.test.', 'A', 60, address)]),
  );
  const zones: ZoneSource = { serverCount: 2, zoneFor: (serverIndex) => views[serverIndex] };
  await using first = await startNameServer({
    zones,
    serverIndex: 0,
    host: HOST,
    port: 0,
    random: seededRandom('1'),
  });
  await using second = await startNameServer({
    zones,
    serverIndex: 1,
    host: HOST,
    port: 0,
    random: seededRandom('1'),
  });
  expect(await askUdp(first, query('host.example.test', 'A'))).toMatchObject({
    answers: [{ data: '192.0.2.1' }],
  });
  expect(await askUdp(second, query('host.example.test', 'A'))).toMatchObject({
    answers: [{ data: '192.0.2.2' }],
  });
  expect([first.queries, second.queries]).toEqual([1, 1]);
});

test('a taken port is reported, and a closed server gives its port back', async () => {
  const options = {
    zones: source,
    serverIndex: 0,
    host: privateAddress(),
    port: 0,
    random: seededRandom('1'),
  };
  const first = await startNameServer(options);
  await expect(startNameServer({ ...options, port: first.port })).rejects.toThrow('EADDRINUSE');
  await first.close();
  await first.close();
  await using again = await startNameServer({ ...options, port: first.port });
  expect(again.port).toBe(first.port);
});

test.skipIf(!existsSync(DIG))('dig agrees, with a subnet, over TCP and after truncation', async () => {
  const dig = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(DIG, [
      `@${server.host}`,
      '-p',
      String(server.port),
      ...args,
    ]);
    return stdout;
  };
  expect(await dig('+subnet=198.51.100.0/24', 'Host.example.test')).toMatch(
    /status: NOERROR[\s\S]*flags: qr aa rd;[\s\S]*CLIENT-SUBNET: 198.51.100.0\/24\/0[\s\S]*Host.example.test.\s+60\s+IN\s+A/,
  );
  expect(await dig('+noedns', '+short', 'large.example.test')).toContain('192.0.2.30');
  expect(await dig('+tcp', '+short', 'TXT', '_shift.www.example.test')).toContain('"rest \\"\\\\ A"');
  expect(await dig('+nsid', '+ednsopt=65001', '-c', 'CH', 'TXT', 'version.bind')).toContain(
    'status: REFUSED',
  );
  expect(await dig('+opcode=notify', 'example.test')).toContain('status: NOTIMP');
});
