import { describe, expect, it } from 'vitest';
import { change, icb, weighted, zoneFixture } from './zone-fixture.js';

const www = { name: 'www.example.com', type: 'CNAME', ttl: 300, values: ['old.test'] };
const wwwA = { name: 'www.example.com', type: 'A', ttl: 300, values: ['192.0.2.1'] };
const latency = {
  name: 'www.example.com',
  type: 'CNAME',
  ttl: 60,
  values: ['eu.test'],
  setIdentifier: 'eu',
  otherRouting: { field: 'Region', value: 'eu-west-1' },
};

describe('the rules of what may stand where, 10 to 15, 24 to 26', () => {
  it('10: a CNAME beside any other type', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', wwwA), change('CREATE', { ...wwwA, type: 'TXT', values: ['"x"'] }));
    expect(refused(change('CREATE', www))).toEqual(
      icb(
        'RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records ' +
          'with the same DNS name in zone example.com.',
      ),
    );
  });

  it('11: any type beside a CNAME', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', weighted('source', 100)));
    expect(refused(change('UPSERT', wwwA))).toEqual(
      icb(
        'RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type CNAME ' +
          'with the same DNS name already exists in zone example.com.',
      ),
    );
  });

  it('12: a CNAME at the apex', () => {
    const { refused } = zoneFixture();
    expect(refused(change('CREATE', { ...www, name: 'example.com' }))).toEqual(
      icb('RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.'),
    );
  });

  it('13: a weighted record set while a non-weighted one has that name and type', () => {
    for (const standing of [www, latency]) {
      const { batch, refused } = zoneFixture();
      batch(change('CREATE', standing));
      expect(refused(change('CREATE', weighted('source', 100)))).toEqual(
        icb(
          'RRSet with DNS name www.example.com., type CNAME, SetIdentifier source cannot be created as a ' +
            'non-weighted set exists with the same name and type.',
        ),
      );
    }
  });

  it('13: another policy while a weighted one has that name and type', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', weighted('source', 100)));
    expect(refused(change('CREATE', latency)).code).toBe('InvalidChangeBatch');
  });

  it('14: a simple record set while policy records exist', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', weighted('source', 100)));
    const expected = icb(
      'RRSet with DNS name www.example.com., type CNAME cannot be created as other RRSets exist with the same name and type.',
    );
    expect(refused(change('CREATE', www))).toEqual(expected);
    expect(refused(change('UPSERT', www))).toEqual(expected);
  });

  it('15: unequal TTL in a weighted set, also on the way of UPSERTs through the set', () => {
    const { batch, refused } = zoneFixture();
    batch(change('CREATE', weighted('source', 100)), change('CREATE', weighted('target', 0)));
    const unequal = (id: string): string =>
      `RRSet with DNS name www.example.com. and type CNAME, SetIdentifier ${id} cannot be created as weighted sets ` +
      'must contain the same TTL.';
    expect(refused(change('CREATE', weighted('third', 1, 30)))).toEqual(icb(unequal('third')));
    expect(refused(change('UPSERT', weighted('source', 100, 30)))).toEqual(icb(unequal('source')));
    expect(
      refused(change('UPSERT', weighted('source', 9, 30)), change('UPSERT', weighted('target', 1, 30))).code,
    ).toBe('InvalidChangeBatch');
    const whole = [
      change('DELETE', weighted('source', 100)),
      change('DELETE', weighted('target', 0)),
      change('CREATE', weighted('source', 100, 30)),
      change('CREATE', weighted('target', 0, 30)),
    ];
    expect(batch(...whole)).toMatchObject({ kind: 'accepted' });
  });

  it('24: one value per weighted record and per CNAME', () => {
    const { refused, batch } = zoneFixture();
    const two = { values: ['192.0.2.1', '192.0.2.2'] };
    expect(refused(change('CREATE', { ...www, values: ['one.test', 'two.test'] })).code).toBe(
      'InvalidChangeBatch',
    );
    expect(refused(change('CREATE', { ...wwwA, ...two, setIdentifier: 'a', weight: 1 })).code).toBe(
      'InvalidChangeBatch',
    );
    expect(batch(change('CREATE', { ...wwwA, ...two }))).toMatchObject({ kind: 'accepted' });
  });

  it('25: at most 100 weighted records per name and type', () => {
    const { batch, refused } = zoneFixture();
    const members = Array.from({ length: 101 }, (_, index) =>
      change('CREATE', weighted(`member-${index}`, 1)),
    );
    expect(refused(...members).code).toBe('InvalidChangeBatch');
    expect(batch(...members.slice(0, 100))).toMatchObject({ kind: 'accepted' });
    expect(batch(change('UPSERT', weighted('member-7', 2)))).toMatchObject({ kind: 'accepted' });
  });

  it('26: a name outside the zone, label by label', () => {
    const { refused } = zoneFixture();
    for (const name of ['www.notexample.com', 'www.example.org', 'com']) {
      expect(refused(change('CREATE', { ...www, name }))).toEqual(
        icb(`RRSet with DNS name ${name}. is not permitted in zone example.com.`),
      );
    }
    expect(refused(change('CREATE', { ...www, name: 'www\\056example.com' })).message).toContain(
      'is not permitted in zone',
    );
  });
});
