import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, ChangeBatch } from '../../src/core/change-batch.js';
import type { ProviderFailure } from '../../src/core/failure.js';
import { recordName, type RecordName } from '../../src/core/record-name.js';
import {
  plainCname,
  sameRecords,
  textRecord,
  weightedCname,
  type RecordSet,
} from '../../src/core/record-set.js';
import type { Result } from '../../src/core/result.js';
import type { HostedZone, ZoneApi } from '../../src/engine/ports.js';
import type { HostedZones } from '../../src/lab/zone/hosted-zones.js';

export interface ZoneApiUnderTest extends AsyncDisposable {
  readonly api: ZoneApi;
  /** What the API serves; the contract fills it and looks into it. Changes reach the name servers at once. */
  readonly zones: HostedZones;
}

const zoneId = 'Z0000000000EXAMPLE';
const host = nameOf('www.example.com');
const marker = nameOf('_shift.www.example.com');
const never = new AbortController().signal;

/** What every `ZoneApi` must do, whatever it is made of. */
export function zoneApiContract(name: string, open: () => Promise<ZoneApiUnderTest>): void {
  describe(`${name} as a ZoneApi`, () => {
    let subject: ZoneApiUnderTest;

    beforeEach(async () => {
      subject = await open();
      createZone('example.com', { id: zoneId, nameServers: ['ns-1.example.net', 'ns-2.example.net'] });
    });
    afterEach(async () => {
      await subject[Symbol.asyncDispose]();
    });

    function createZone(
      zone: string,
      more: { id: string; nameServers?: string[]; privateZone?: boolean },
    ): void {
      const created = subject.zones.createZone({ name: zone, callerReference: more.id, ...more });
      if (created.kind === 'refused') throw new Error(created.message);
    }

    async function zonesFor(text: string): Promise<readonly HostedZone[]> {
      return valueOf(await subject.api.zonesFor(nameOf(text), never));
    }

    async function read(...names: readonly RecordName[]): Promise<readonly RecordSet[]> {
      return valueOf(await subject.api.records(zoneId, names, never));
    }

    async function change(
      ...changes: readonly Change[]
    ): Promise<Result<{ changeId: string }, ProviderFailure>> {
      return await subject.api.change(zoneId, batchOf(changes), 5000, never);
    }

    async function stand(...records: readonly RecordSet[]): Promise<void> {
      valueOf(await change(...records.map((record) => create(record))));
    }

    async function refusal(...changes: readonly Change[]): Promise<ProviderFailure> {
      const before = subject.zones.records(zoneId);
      const result = await change(...changes);
      expect(subject.zones.records(zoneId)).toEqual(before);
      if (result.ok) throw new Error('the batch was expected to be refused');
      return result.error;
    }

    describe('finds the zones of a host', () => {
      it('by labels, longest name first, private ones included', async () => {
        createZone('www.example.com', { id: 'Z2' });
        createZone('example.com', { id: 'Z3', privateZone: true });
        for (const [index, other] of [
          'xample.com',
          'w.example.com',
          'example.org',
          'a.www.example.com',
        ].entries()) {
          createZone(other, { id: `Y${index}` });
        }
        const found = await zonesFor('api.www.example.com');
        expect(found.map((zone) => zone.name)).toEqual(['www.example.com.', 'example.com.', 'example.com.']);
        expect(
          found
            .map((zone) => zone.private)
            .slice(1)
            .sort(),
        ).toEqual([false, true]);
        expect(found.map((zone) => zone.id).sort()).toEqual([zoneId, 'Z2', 'Z3'].sort());
      });

      it('with their name servers', async () => {
        expect(await zonesFor('www.example.com')).toEqual([
          {
            id: zoneId,
            name: 'example.com.',
            private: false,
            nameServers: ['ns-1.example.net', 'ns-2.example.net'],
          },
        ]);
      });

      it('the zone of the same name among them', async () => {
        expect((await zonesFor('example.com')).map((zone) => zone.id)).toEqual([zoneId]);
      });

      it('or none, which is no failure', async () => {
        expect(await zonesFor('www.notexample.com')).toEqual([]);
      });
    });

    describe('lists the records of names', () => {
      it('in the order of the names, nothing of other names, and nothing for a name without records', async () => {
        const neighbours = ['a.www', 'ww', 'www-2', 'wwww'].map((label) =>
          plainCname(nameOf(`${label}.example.com`), 'x.example.net', 60),
        );
        const [text, pair] = [textRecord(marker, '"one" "two"', 60), weightedPair(90)];
        await stand(...neighbours, text, ...pair);
        expect(await read(marker, nameOf('none.example.com'), host)).toEqual([text, ...pair]);
      });

      it('all types of a name', async () => {
        const at = nameOf('many.example.com');
        const [a, mx] = [
          { ...plainCname(at, '', 60), type: 'A', values: ['192.0.2.1', '192.0.2.2'] },
          { ...plainCname(at, '', 300), type: 'MX', values: ['10 mail.example.net.'] },
        ];
        await stand(mx, a);
        expect(await read(at)).toEqual([a, mx]);
      });

      it('all members of a set larger than a page', async () => {
        const members = Array.from({ length: 100 }, (_, index) =>
          weightedCname({
            name: host,
            target: 'x.example.net',
            ttl: 60,
            setIdentifier: `m${String(index).padStart(3, '0')}`,
            weight: index,
          }),
        );
        const text = textRecord(marker, '"after"', 60);
        await stand(...members, text);
        expect(await read(host, marker)).toEqual([...members, text]);
      });

      it('with everything that a DELETE is matched against', async () => {
        subject.zones.registerHealthCheck('hc-1');
        const member = weightedCname({
          name: host,
          target: 'x.example.net',
          ttl: 0,
          setIdentifier: 'with "quotes" & <angles>',
          weight: 0,
          healthCheckId: 'hc-1',
        });
        await stand(member);
        expect(await read(host)).toEqual([member]);
        valueOf(await change(remove(member)));
        expect(await read(host)).toEqual([]);
      });

      it('aliases too, without a TTL', async () => {
        const target = {
          ...plainCname(nameOf('real.example.com'), '', 60),
          type: 'A',
          values: ['192.0.2.1'],
        };
        const alias: RecordSet = {
          ...plainCname(host, '', 60),
          type: 'A',
          ttl: null,
          values: [],
          alias: { hostedZoneId: zoneId, dnsName: target.name, evaluateTargetHealth: true },
        };
        await stand(target, alias);
        expect(await read(host)).toEqual([alias]);
        valueOf(await change(remove(alias)));
      });

      it('wildcards under their escaped name', async () => {
        const wildcard = plainCname(nameOf('*.example.com'), 'x.example.net', 60);
        await stand(wildcard);
        expect(await read(wildcard.name)).toEqual([wildcard]);
      });

      it('and names the routing this program does not handle', async () => {
        const put = subject.zones.change(zoneId, [
          {
            action: 'CREATE',
            record: {
              name: host,
              type: 'CNAME',
              setIdentifier: 'eu',
              otherRouting: { field: 'Region', value: 'eu-west-1' },
              ttl: 60,
              values: ['x.example.net'],
            },
          },
        ]);
        expect(put.kind).toBe('accepted');
        const [found] = await read(host);
        expect(found).toMatchObject({ setIdentifier: 'eu', weight: null, foreignRouting: 'Region' });
        expect((await refusal(remove(found!))).reason).toBe('invalid');
      });

      it('but not those of a zone that does not exist', async () => {
        const result = await subject.api.records('ZNOSUCHZONE', [host], never);
        expect(result).toMatchObject({
          ok: false,
          error: { reason: 'not-found', operation: 'ListResourceRecordSets' },
        });
      });
    });

    describe('changes records', () => {
      it('and shows the change at once, PENDING until every name server has it', async () => {
        subject.zones.holdPropagation();
        const { changeId } = valueOf(await change(create(plainCname(host, 'x.example.net', 60))));
        expect(changeId).toMatch(/^C[A-Z0-9]+$/);
        expect(await read(host)).toHaveLength(1);
        expect(valueOf(await subject.api.changeStatus(changeId, never))).toBe('PENDING');
        subject.zones.releasePropagation();
        subject.zones.propagateNow();
        expect(valueOf(await subject.api.changeStatus(changeId, never))).toBe('INSYNC');
      });

      it('from a plain record to the pair and the marker in one batch, and back', async () => {
        const plain = plainCname(host, 'x.herokudns.com', 300);
        const pair = [...weightedPair(100), textRecord(marker, '"shift=1"', 60)];
        await stand(plain);
        valueOf(await change(remove(plain), ...pair.map((record) => create(record))));
        expect(sameRecords(await read(host, marker), pair)).toBe(true);
        valueOf(await change(...pair.map((record) => remove(record)), create(plain)));
        expect(await read(host, marker)).toEqual([plain]);
      });

      it('by UPSERT whatever stood there', async () => {
        await stand(...weightedPair(75));
        valueOf(await change(...weightedPair(100).map((record): Change => ({ action: 'UPSERT', record }))));
        expect(await read(host)).toEqual(weightedPair(100));
      });

      it.each<[string, (record: RecordSet) => RecordSet]>([
        ['weight', (record) => ({ ...record, weight: weightedPair(89)[0].weight })],
        ['TTL', (record) => ({ ...record, ttl: 61 })],
        ['value', (record) => ({ ...record, values: ['y.example.net.'] })],
        ['set identifier', (record) => ({ ...record, setIdentifier: 'other' })],
      ])(
        'only if the zone is as assumed: another %s is a conflict and changes nothing',
        async (_, altered) => {
          const [source, target] = weightedPair(90);
          await stand(source, target);
          const failure = await refusal(
            remove(altered(source)),
            remove(target),
            ...weightedPair(75).map((record) => create(record)),
          );
          expect(failure).toMatchObject({
            reason: 'conflict',
            provider: 'route53',
            operation: 'ChangeResourceRecordSets',
          });
          expect(failure.details[0]).toMatch(/^Tried to delete resource record set .*www\.example\.com\./);
          expect(failure.message).toContain(failure.details[0]);
        },
      );

      it('with every message of a lost race as a detail of its own', async () => {
        await stand(plainCname(host, 'somebody-else.example.net', 60));
        const failure = await refusal(
          remove(plainCname(host, 'x.example.net', 60)),
          create(plainCname(host, 'y.example.net', 60)),
        );
        expect(failure.reason).toBe('conflict');
        expect(failure.details).toEqual([
          expect.stringMatching(/^Tried to delete/),
          expect.stringMatching(/^Tried to create/),
        ]);
      });

      it('but not over records somebody else put there', async () => {
        const address = { ...plainCname(host, '', 60), type: 'A', values: ['192.0.2.1'] };
        await stand(address);
        expect((await refusal(...weightedPair(100).map((record) => create(record)))).reason).toBe('conflict');
      });

      it.each<[string, Change, RegExp]>([
        ['a CNAME at the apex', create(plainCname(nameOf('example.com'), 'x', 60)), /apex/],
        [
          'a name outside the zone',
          create(plainCname(nameOf('www.notexample.com'), 'x', 60)),
          /not permitted in zone/,
        ],
      ])('and calls a batch that cannot be right invalid: %s', async (_, wrong, text) => {
        const failure = await refusal(create(plainCname(host, 'x.example.net', 60)), wrong);
        expect(failure.reason).toBe('invalid');
        expect(failure.details).toEqual([expect.stringMatching(text)]);
      });

      it('a request with a wrong form is invalid without details', async () => {
        const failure = await refusal({
          action: 'CREATE',
          record: { ...plainCname(host, 'x', 60), ttl: -1 },
        });
        expect(failure).toMatchObject({ reason: 'invalid', details: [] });
      });

      it('not in a zone that does not exist', async () => {
        const batch = batchOf([create(plainCname(host, 'x', 60))]);
        expect(await subject.api.change('ZNOSUCHZONE', batch, 5000, never)).toMatchObject({
          ok: false,
          error: { reason: 'not-found' },
        });
      });

      it('not after the caller has given up', async () => {
        const batch = batchOf([create(plainCname(host, 'x', 60))]);
        const result = await subject.api.change(zoneId, batch, 5000, AbortSignal.abort());
        expect(result).toMatchObject({ ok: false, error: { reason: 'timeout' } });
        expect(await read(host)).toEqual([]);
      });
    });

    it('does not know a change that was never made', async () => {
      expect(await subject.api.changeStatus('CNOSUCHCHANGE', never)).toMatchObject({
        ok: false,
        error: { reason: 'not-found', operation: 'GetChange' },
      });
    });
  });
}

function nameOf(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function valueOf<T>(result: Result<T, ProviderFailure>): T {
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.message}`);
  return result.value;
}

function create(record: RecordSet): Change {
  return { action: 'CREATE', record };
}

function remove(record: RecordSet): Change {
  return { action: 'DELETE', record };
}

function batchOf(changes: readonly Change[]): ChangeBatch {
  return { changes, comment: 'contract' };
}

function weightedPair(sourceWeight: number): [RecordSet, RecordSet] {
  const member = (setIdentifier: string, target: string, weight: number): RecordSet =>
    weightedCname({ name: host, target, ttl: 60, setIdentifier, weight });
  return [
    member('shift-source', 'x.herokudns.com', sourceWeight),
    member('shift-target', 'y.elb.amazonaws.com', 100 - sourceWeight),
  ];
}
