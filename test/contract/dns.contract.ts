import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NameServerReading } from '../../src/core/name-server.js';
import { recordName, type RecordName } from '../../src/core/record-name.js';
import type { Dns } from '../../src/engine/ports.js';
import type { HostedZones } from '../../src/lab/zone/hosted-zones.js';
import type { LabRecord } from '../../src/lab/zone/record.js';

export interface DnsUnderTest extends AsyncDisposable {
  readonly dns: Dns;
  /**
   * What is served. It has two name servers; a change reaches the first at once and the second only by `propagateNow`.
   * There is no name server for the zone the contract does not create.
   */
  readonly zones: HostedZones;
  /** The host names of the two servers. */
  readonly nameServers: readonly [string, string];
}

const zoneId = 'ZEXAMPLE';
const host = nameOf('www.example.com');
const never = new AbortController().signal;

/** What every `Dns` must do, whatever it is made of. */
export function dnsContract(name: string, open: () => Promise<DnsUnderTest>): void {
  describe(`${name} as a Dns`, () => {
    let subject: DnsUnderTest;

    beforeEach(async () => {
      subject = await open();
      subject.zones.createZone({ name: 'example.com', callerReference: zoneId, id: zoneId });
      subject.zones.propagateNow();
    });
    afterEach(async () => {
      await subject[Symbol.asyncDispose]();
    });

    /** Puts records that only the first server has until `propagateNow`. */
    function put(...records: readonly LabRecord[]): void {
      const outcome = subject.zones.change(
        zoneId,
        records.map((record) => ({ action: 'UPSERT', record })),
      );
      if (outcome.kind === 'refused') throw new Error(outcome.message);
    }

    function stand(...records: readonly LabRecord[]): void {
      put(...records);
      subject.zones.propagateNow();
    }

    async function sample(more: { servers?: readonly string[]; of?: RecordName; count?: number } = {}) {
      return await subject.dns.sample(
        { nameServers: more.servers ?? subject.nameServers, host: more.of ?? host, count: more.count ?? 3 },
        never,
      );
    }

    async function first(of: RecordName = host, count = 3): Promise<NameServerReading> {
      const [reading] = await sample({ of, count });
      return reading!;
    }

    describe('samples name servers', () => {
      it('each by itself, in the order asked, under the names given', async () => {
        stand(cname(host, 'old.example.net'));
        put(cname(host, 'New.Example.NET.'));
        const [one, two] = subject.nameServers;
        expect(await sample()).toEqual([
          { server: one, host, answers: { 'new.example.net.': 3 }, other: 0, failed: 0, marker: 'none' },
          { server: two, host, answers: { 'old.example.net.': 3 }, other: 0, failed: 0, marker: 'none' },
        ]);
        expect((await sample({ servers: [two, one], count: 1 })).map((reading) => reading.server)).toEqual([
          two,
          one,
        ]);
      });

      it('as often as asked, so that the weights show', async () => {
        stand(
          member('shift-source', 90, 'x.herokudns.com'),
          member('shift-target', 10, 'y.elb.amazonaws.com'),
        );
        const { answers, other, failed } = await first(host, 400);
        const [source, target] = [answers['x.herokudns.com.'] ?? 0, answers['y.elb.amazonaws.com.'] ?? 0];
        expect(source + target).toBe(400);
        expect([other, failed]).toEqual([0, 0]);
        // Six standard deviations around 40.
        expect(target).toBeGreaterThan(4);
        expect(target).toBeLessThan(76);
      });

      it('and never sees a member of weight 0', async () => {
        stand(
          member('shift-source', 100, 'x.herokudns.com'),
          member('shift-target', 0, 'y.elb.amazonaws.com'),
        );
        expect((await first(host, 50)).answers).toEqual({ 'x.herokudns.com.': 50 });
      });

      it('and counts a name without a CNAME, or that does not exist, as other', async () => {
        stand({ name: host, type: 'A', ttl: 60, values: ['192.0.2.1'] });
        expect(await first()).toMatchObject({ answers: {}, other: 3, failed: 0, marker: 'none' });
        expect(await first(nameOf('none.example.com'))).toMatchObject({
          other: 3,
          failed: 0,
          marker: 'none',
        });
      });

      it('and counts a server that refuses as failed, without a marker', async () => {
        expect(await first(nameOf('www.elsewhere.org'))).toMatchObject({
          answers: {},
          other: 0,
          failed: 3,
          marker: null,
        });
      });

      it('and has a reading for a server whose name has no address', async () => {
        stand(cname(host, 'x.herokudns.com'));
        const [one] = subject.nameServers;
        const readings = await sample({ servers: ['gone.example.net', one] });
        expect(readings).toEqual([
          { server: 'gone.example.net', host, answers: {}, other: 0, failed: 3, marker: null },
          expect.objectContaining({ server: one, failed: 0 }),
        ]);
      });

      it('and reads the marker: the strings of its one value joined, without quotes', async () => {
        const long = 'm'.repeat(255);
        stand({ ...text('_shift.www.example.com.'), values: [`"${long}" "rest id=1"`] });
        expect((await first()).marker).toBe(`${long}rest id=1`);
      });

      it('and the marker each server has', async () => {
        stand({ ...text('_shift.www.example.com.'), values: ['"gen=1"'] });
        put({ ...text('_shift.www.example.com.'), values: ['"gen=2"'] });
        expect((await sample()).map((reading) => reading.marker)).toEqual(['gen=2', 'gen=1']);
      });

      it('and takes two values for no marker of ours: both are returned', async () => {
        stand({ ...text('_shift.www.example.com.'), values: ['"b"', '"a"'] });
        expect((await first()).marker).toBe('a\nb');
      });

      it('and ends with failures when the caller gives up', async () => {
        stand(cname(host, 'x.herokudns.com'));
        const readings = await subject.dns.sample(
          { nameServers: subject.nameServers, host, count: 3 },
          AbortSignal.abort(),
        );
        expect(readings.map(({ failed, marker }) => [failed, marker])).toEqual([
          [3, null],
          [3, null],
        ]);
      });
    });

    describe('finds addresses', () => {
      it('through CNAMEs, IPv4 first', async () => {
        stand(
          cname(host, 'real.example.com'),
          { name: 'real.example.com.', type: 'AAAA', ttl: 60, values: ['2001:db8::1'] },
          { name: 'real.example.com.', type: 'A', ttl: 60, values: ['192.0.2.1', '192.0.2.2'] },
        );
        const found = await subject.dns.addresses('www.example.com', never);
        expect(found).toEqual({ ok: true, value: ['192.0.2.1', '192.0.2.2', '2001:db8::1'] });
      });

      it('of a name that has only IPv6', async () => {
        stand({ name: host, type: 'AAAA', ttl: 60, values: ['2001:db8::1'] });
        expect(await subject.dns.addresses('WWW.example.com.', never)).toEqual({
          ok: true,
          value: ['2001:db8::1'],
        });
      });

      it('and returns an address as it is', async () => {
        expect(await subject.dns.addresses('192.0.2.7', never)).toEqual({ ok: true, value: ['192.0.2.7'] });
      });

      it.each([
        ['a name that does not exist', 'none.example.com', 'not-found'],
        ['a name without an address', '_shift.www.example.com', 'not-found'],
        ['a name no server answers for', 'www.elsewhere.org', 'unavailable'],
        ['what is no name', 'no..name', 'invalid'],
      ])('but not of %s', async (_, of, reason) => {
        stand({ ...text('_shift.www.example.com.'), values: ['"m"'] });
        expect(await subject.dns.addresses(of, never)).toMatchObject({
          ok: false,
          error: { provider: 'dns', reason, message: expect.stringContaining(of) as string },
        });
      });

      it('and not once the caller has given up', async () => {
        expect(await subject.dns.addresses('www.example.com', AbortSignal.abort())).toMatchObject({
          ok: false,
          error: { reason: 'timeout' },
        });
      });
    });
  });
}

function nameOf(name: string): RecordName {
  const parsed = recordName(name);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function cname(name: string, target: string): LabRecord {
  return { name, type: 'CNAME', ttl: 60, values: [target] };
}

function member(setIdentifier: string, weight: number, target: string): LabRecord {
  return { ...cname(host, target), setIdentifier, weight };
}

function text(name: string): LabRecord {
  return { name, type: 'TXT', ttl: 60 };
}
