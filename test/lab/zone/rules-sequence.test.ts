import { describe, expect, it } from 'vitest';
import { change, icb, weighted, zoneFixture } from './zone-fixture.js';

const www = { name: 'www.example.com', type: 'CNAME', ttl: 300, values: ['old.test'] };
const stays = { name: 'stays.example.com', type: 'A', ttl: 60, values: ['192.0.2.1'] };
const notFound = (label: string): string =>
  `Tried to delete resource record set [${label}] but it was not found`;
const mismatch = (label: string): string =>
  `Tried to delete resource record set [${label}] but the values provided do not match the current values`;
const exists = (label: string): string =>
  `Tried to create resource record set [${label}] but it already exists`;

describe('the rules of a batch, 1 to 9', () => {
  it('1: an unknown zone is NoSuchHostedZone', () => {
    const { zones } = zoneFixture();
    expect(zones.change('ZNONE', [change('CREATE', www)])).toEqual({
      kind: 'refused',
      code: 'NoSuchHostedZone',
      httpStatus: 404,
      message: 'No hosted zone found with ID: ZNONE',
    });
  });

  it('2: a batch is all or nothing, and every fault is in one list', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', www));
    expect(
      refused(
        change('CREATE', stays),
        change('DELETE', { ...www, ttl: 299 }),
        change('CREATE', { ...www, ttl: 60 }),
        change('DELETE', { ...stays, name: 'absent.example.com' }),
      ),
    ).toEqual(
      icb(
        mismatch("name='www.example.com.', type='CNAME'"),
        exists("name='www.example.com.', type='CNAME'"),
        notFound("name='absent.example.com.', type='A'"),
      ),
    );
  });

  it('3: changes are judged in sequence on a working copy', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', www));
    const pair = [change('CREATE', weighted('source', 100)), change('CREATE', weighted('target', 0))];
    expect(refused(...pair, change('DELETE', www)).message).toContain('a non-weighted set exists');
    expect(batch(change('DELETE', www), ...pair)).toMatchObject({ kind: 'accepted' });
  });

  it('3: CREATE of a CNAME before the DELETE of the alias at that name is refused, after it accepted', () => {
    const { batch, refused, create } = zoneFixture();
    create({ name: 'origin', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    const alias = {
      name: 'www.example.com',
      type: 'A',
      alias: { hostedZoneId: 'ZFIXTURE', dnsName: 'origin.example.com', evaluateTargetHealth: false },
    };
    batch(change('CREATE', alias));
    expect(refused(change('CREATE', www), change('DELETE', alias)).message).toContain(
      'conflicts with other records',
    );
    expect(batch(change('DELETE', alias), change('CREATE', www))).toMatchObject({ kind: 'accepted' });
  });

  it('4: DELETE of an absent record set', () => {
    const { batch, refused } = zoneFixture();
    expect(refused(change('DELETE', www))).toEqual(icb(notFound("name='www.example.com.', type='CNAME'")));
    batch(change('CREATE', weighted('source', 100)));
    expect(refused(change('DELETE', weighted('other', 100)))).toEqual(
      icb(notFound("name='www.example.com.', type='CNAME', set-identifier='other'")),
    );
  });

  it('5: DELETE that does not repeat the stored values', () => {
    const { zones, batch, refused } = zoneFixture();
    zones.registerHealthCheck('hc-1');
    const stored = { ...weighted('source', 100), healthCheckId: 'hc-1' };
    batch(change('CREATE', stored));
    const wrong = [
      { ...stored, ttl: 61 },
      { ...stored, values: ['other.test'] },
      { ...stored, weight: 99 },
      { ...stored, healthCheckId: 'hc-2' },
      weighted('source', 100),
    ];
    for (const record of wrong) {
      expect(refused(change('DELETE', record))).toEqual(
        icb(mismatch("name='www.example.com.', type='CNAME', set-identifier='source'")),
      );
    }
    expect(batch(change('DELETE', { ...stored, name: 'WWW.Example.COM.' }))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('5: DELETE of an alias compares zone, name and health evaluation', () => {
    const { batch, refused } = zoneFixture();
    const target = {
      hostedZoneId: 'Z32O12XQLNTSW2',
      dnsName: 'alb.eu-west-1.elb.amazonaws.com',
      evaluateTargetHealth: false,
    };
    const alias = { name: 'www.example.com', type: 'A', alias: target };
    batch(change('CREATE', alias));
    const wrong = [
      { ...target, hostedZoneId: 'Z2IFOLAFXWLO4F' },
      { ...target, dnsName: 'other.eu-west-1.elb.amazonaws.com' },
      { ...target, evaluateTargetHealth: true },
    ];
    for (const other of wrong) {
      expect(refused(change('DELETE', { ...alias, alias: other }))).toEqual(
        icb(mismatch("name='www.example.com.', type='A'")),
      );
    }
    const sameTarget = { ...target, dnsName: 'ALB.eu-west-1.elb.amazonaws.com.' };
    expect(batch(change('DELETE', { ...alias, alias: sameTarget }))).toMatchObject({ kind: 'accepted' });
  });

  it('5: DELETE ignores the order of the values', () => {
    const { batch } = zoneFixture();
    const record = { name: 'a.example.com', type: 'A', ttl: 60, values: ['192.0.2.1', '192.0.2.2'] };
    batch(change('CREATE', record));
    expect(batch(change('DELETE', { ...record, values: [...record.values].reverse() }))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('6: CREATE of an existing record set, equal or not', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', www));
    const expected = icb(exists("name='www.example.com.', type='CNAME'"));
    expect(refused(change('CREATE', www))).toEqual(expected);
    expect(refused(change('CREATE', { ...www, values: ['new.test'] }))).toEqual(expected);
  });

  it('7: the same set deleted twice in a batch', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', stays));
    expect(refused(change('DELETE', stays), change('DELETE', stays)).code).toBe('InvalidChangeBatch');
  });

  it('8: CREATE then DELETE of one name and type in a batch', () => {
    const { batch, refused } = zoneFixture();
    const expected = icb(
      "The request contains an invalid set of changes for a resource record set 'CNAME www.example.com.'",
    );
    expect(refused(change('CREATE', www), change('DELETE', www))).toEqual(expected);
    batch(change('CREATE', weighted('source', 100)));
    expect(
      refused(change('CREATE', weighted('target', 0)), change('DELETE', weighted('source', 100))),
    ).toEqual(expected);
    expect(refused(change('UPSERT', weighted('source', 1)), change('DELETE', weighted('source', 1)))).toEqual(
      expected,
    );
  });

  it('9: UPSERT creates, or replaces the whole record: omitted optional fields vanish', () => {
    const { zones, zoneId, batch } = zoneFixture();
    zones.registerHealthCheck('hc-1');
    batch(change('UPSERT', { ...weighted('source', 100), healthCheckId: 'hc-1' }));
    batch(change('UPSERT', weighted('source', 90)));
    expect(zones.records(zoneId)?.filter(({ type }) => type === 'CNAME')).toEqual([
      { ...weighted('source', 90), name: 'www.example.com.' },
    ]);
  });
});
