import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { Route53Faults } from '../../../src/lab/route53/faults.js';
import { seededRandom } from '../../../src/lab/random.js';
import { batch, failure, labFixture, source } from './lab-fixture.js';
import type { LabFixture } from './lab-fixture.js';

const change = ({ client, zoneId }: LabFixture, weight = 100) =>
  client.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      ChangeBatch: batch({ Action: 'UPSERT', ResourceRecordSet: { ...source, Weight: weight } }),
    }),
  );
const list = ({ client, zoneId }: LabFixture, abortSignal?: AbortSignal) =>
  client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    abortSignal === undefined ? {} : { abortSignal },
  );
const weightNow = ({ zones, zoneId }: LabFixture): number | undefined =>
  zones.records(zoneId)?.find(({ type }) => type === 'CNAME')?.weight;
const outcomes = ({ lab }: LabFixture): unknown[] => lab.requests.map(({ outcome }) => outcome.kind);

describe('faults of the API', () => {
  it('39: throttles the next calls, reads or writes alone', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'throttle', on: 'writes', next: 2 });
    await expect(list(fixture)).resolves.toBeDefined();
    for (let call = 0; call < 2; call += 1) {
      expect(await failure(change(fixture))).toEqual({
        name: 'Throttling',
        message: 'Rate exceeded',
        httpStatus: 400,
      });
    }
    await expect(change(fixture)).resolves.toBeDefined();
    expect(fixture.lab.faults.list()).toEqual([]);
  });

  it('39: refuses the next changes with PriorRequestNotComplete, and no reads', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'prior-request-not-complete', next: 1 });
    await expect(list(fixture)).resolves.toBeDefined();
    expect(await failure(change(fixture))).toEqual({
      name: 'PriorRequestNotComplete',
      httpStatus: 400,
      message: 'The request was rejected because Route 53 was still processing a prior request.',
    });
    expect(weightNow(fixture)).toBeUndefined();
    await expect(change(fixture)).resolves.toBeDefined();
  });

  it('39: refuses of two changes of one zone that truly overlap the second', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'delay', delayMs: 150, on: 'writes', next: 1 });
    const first = change(fixture, 1);
    await delayed(50);
    expect(await failure(change(fixture, 2))).toMatchObject({ name: 'PriorRequestNotComplete' });
    await first;
    expect(weightNow(fixture)).toBe(1);
  });

  it('39: accepts a change while an earlier one is PENDING', async () => {
    const fixture = await labFixture({ insyncDelayMs: 60_000 });
    expect((await change(fixture, 1)).ChangeInfo?.Status).toBe('PENDING');
    expect((await change(fixture, 2)).ChangeInfo?.Status).toBe('PENDING');
    expect(weightNow(fixture)).toBe(2);
  });

  it('drops the reply after the commit, and logs the batch as committed', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'drop-reply', on: 'writes', next: 1 });
    expect((await failure(change(fixture, 7))).httpStatus).toBeUndefined();
    expect(weightNow(fixture)).toBe(7);
    expect(fixture.lab.requests).toMatchObject([
      {
        outcome: { kind: 'reply-dropped' },
        committed: { changes: [{ action: 'UPSERT', record: { weight: 7 } }] },
      },
    ]);
  });

  it('drops the request before the commit', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'drop-request', actions: ['ChangeResourceRecordSets'], next: 1 });
    expect((await failure(change(fixture))).httpStatus).toBeUndefined();
    expect(weightNow(fixture)).toBeUndefined();
    expect(outcomes(fixture)).toEqual(['request-dropped']);
  });

  it('stalls: takes the request and never answers', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'stall', on: 'reads' });
    expect(await failure(list(fixture, AbortSignal.timeout(100)))).toMatchObject({
      name: expect.stringMatching(/Abort|Timeout/) as string,
    });
    expect(outcomes(fixture)).toEqual(['stalled']);
    fixture.lab.faults.clear('stall');
    await expect(list(fixture)).resolves.toBeDefined();
  });

  it('stops and comes back', async () => {
    const fixture = await labFixture();
    await list(fixture);
    fixture.lab.faults.add({ kind: 'stopped' });
    for (const call of [list(fixture), change(fixture)])
      expect((await failure(call)).httpStatus).toBeUndefined();
    expect(fixture.lab.requests).toHaveLength(1);
    fixture.lab.faults.clear();
    await expect(list(fixture)).resolves.toBeDefined();
  });

  it('never becomes INSYNC until the fault is cleared, on the name servers neither', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'insync-never' });
    const { ChangeInfo } = await change(fixture);
    const status = async () =>
      (await fixture.client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status;
    const served = () => fixture.zones.zoneFor(1, 'www.example.com.')?.at('www.example.com.').length;
    expect([await status(), served()]).toEqual(['PENDING', 0]);
    fixture.lab.faults.clear('insync-never');
    expect([await status(), served()]).toEqual(['INSYNC', 1]);
  });

  it('denies access to chosen actions', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'access-denied', actions: ['ListResourceRecordSets'] });
    expect(await failure(list(fixture))).toMatchObject({ name: 'AccessDenied', httpStatus: 403 });
    await expect(change(fixture)).resolves.toBeDefined();
  });

  it('delays calls', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'delay', delayMs: 120 });
    const before = performance.now();
    await list(fixture);
    expect(performance.now() - before).toBeGreaterThan(115);
  });

  it('closes while calls are stalled and delayed', async () => {
    const fixture = await labFixture();
    fixture.lab.faults.add({ kind: 'delay', delayMs: 60_000, on: 'writes' });
    fixture.lab.faults.add({ kind: 'stall', on: 'reads' });
    const calls = [failure(change(fixture)), failure(list(fixture))];
    await delayed(50);
    await fixture.lab.close();
    expect((await Promise.all(calls)).map(({ httpStatus }) => httpStatus)).toEqual([undefined, undefined]);
    expect(weightNow(fixture)).toBeUndefined();
  });
});

describe('the switchboard of faults', () => {
  it('strikes a fraction of the calls, the same ones for the same seed', () => {
    const struck = (seed: string): boolean[] => {
      const faults = new Route53Faults(seededRandom(seed));
      faults.add({ kind: 'throttle', fraction: 0.3 });
      return Array.from({ length: 1000 }, () => faults.strike('throttle', 'GetChange') !== undefined);
    };
    expect(struck('one')).toEqual(struck('one'));
    expect(struck('one')).not.toEqual(struck('two'));
    const count = struck('one').filter(Boolean).length;
    expect(count).toBeGreaterThan(240);
    expect(count).toBeLessThan(360);
  });

  it('strikes with each fault in turn when several of a kind are on', () => {
    const faults = new Route53Faults(Math.random);
    faults.add({ kind: 'delay', delayMs: 1, next: 1 });
    faults.add({ kind: 'delay', delayMs: 2, on: 'writes' });
    const delays = ['GetChange', 'GetChange', 'DeleteHostedZone'].map(
      (action) => faults.strike('delay', action)?.delayMs,
    );
    expect(delays).toEqual([1, undefined, 2]);
  });

  it('refuses faults that make no sense', () => {
    const faults = new Route53Faults(Math.random);
    expect(() => faults.add({ kind: 'throttle', next: 0 })).toThrow(
      /"next" to be a whole number above 0, not 0/,
    );
    expect(() => faults.add({ kind: 'throttle', fraction: 1.5 })).toThrow(
      /"fraction" to be from 0 to 1, not 1.5/,
    );
    expect(() => faults.add({ kind: 'delay' })).toThrow(/"delayMs" belongs to the fault "delay"/);
    expect(() => faults.add({ kind: 'stall', delayMs: 5 })).toThrow(/this one is "stall"/);
    expect(faults.list()).toEqual([]);
  });
});

describe('the log of calls', () => {
  it('tells who asked what, what came of it, and every committed batch in full', async () => {
    const fixture = await labFixture();
    await change(fixture);
    await failure(fixture.client.send(new GetChangeCommand({ Id: 'CNONE' })));
    const { requests } = fixture.lab;
    expect(
      requests.map(({ sequence, action, zoneId, accessKeyId }) => [sequence, action, zoneId, accessKeyId]),
    ).toEqual([
      [1, 'ChangeResourceRecordSets', 'Z1', 'AKIDSDK'],
      [2, 'GetChange', undefined, 'AKIDSDK'],
    ]);
    expect(requests[0]).toMatchObject({
      outcome: { kind: 'answered', httpStatus: 200 },
      path: '/2013-04-01/hostedzone/Z1/rrset',
    });
    expect(requests[0]?.committed?.changes).toEqual([
      {
        action: 'UPSERT',
        record: {
          name: 'www.example.com.',
          type: 'CNAME',
          setIdentifier: 'shift-source',
          weight: 100,
          ttl: 60,
          values: ['a.herokudns.com'],
        },
      },
    ]);
    expect(requests[1]?.outcome).toMatchObject({ kind: 'refused', httpStatus: 404, code: 'NoSuchChange' });
  });

  it('keeps the last calls only', async () => {
    const fixture = await labFixture({ maxLoggedRequests: 3 });
    for (let call = 0; call < 8; call += 1) await list(fixture);
    expect(fixture.lab.requests.map(({ sequence }) => sequence)).toEqual([6, 7, 8]);
  });
});

function delayed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
