import { describe, expect, it } from 'vitest';
import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { zoneFixture, weighted } from './zone-fixture.js';

describe('HostedZones', () => {
  it('gives a new zone NS and SOA records', () => {
    const { zones, zoneId } = zoneFixture();
    expect(zones.records(zoneId)).toEqual([
      {
        name: 'example.com.',
        type: 'NS',
        ttl: 172_800,
        values: ['ns-1.awsdns-01.com.', 'ns-2.awsdns-02.net.', 'ns-3.awsdns-03.org.'],
      },
      {
        name: 'example.com.',
        type: 'SOA',
        ttl: 900,
        values: ['ns-1.awsdns-01.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400'],
      },
    ]);
  });

  it('refuses a caller reference that was used before', () => {
    const { zones } = zoneFixture();
    const again = zones.createZone({ name: 'other.com', callerReference: 'fixture' });
    expect(again).toMatchObject({ kind: 'refused', code: 'HostedZoneAlreadyExists', httpStatus: 409 });
  });

  it('deletes only a zone without further records', () => {
    const { zones, zoneId, create, remove } = zoneFixture();
    create({ name: 'www', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    expect(zones.deleteZone(zoneId)).toMatchObject({
      code: 'HostedZoneNotEmpty',
      httpStatus: 400,
      message:
        'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    });
    remove({ name: 'www', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    expect(zones.deleteZone(zoneId)).toMatchObject({ kind: 'accepted' });
    expect(zones.zone(zoneId)).toBeUndefined();
    expect(zones.zoneFor(0, 'example.com.')).toBeUndefined();
  });

  it('keeps several zones of one name apart and serves the first public one', () => {
    const { zones, zoneId } = zoneFixture();
    const created = [
      zones.createZone({ name: 'Example.com', callerReference: 'second', privateZone: true, id: 'ZPRIVATE' }),
      zones.createZone({ name: 'example.com.', callerReference: 'third', id: 'ZTHIRD' }),
    ];
    expect(created.map(({ kind }) => kind)).toEqual(['created', 'created']);
    zones.change('ZTHIRD', [
      { action: 'CREATE', record: { name: 'third.example.com', type: 'TXT', ttl: 1, values: ['"3"'] } },
    ]);
    zones.change(zoneId, [
      { action: 'CREATE', record: { name: 'first.example.com', type: 'TXT', ttl: 1, values: ['"1"'] } },
    ]);
    zones.propagateNow();
    const served = zones.zoneFor(0, 'www.example.com.');
    expect(served?.exists('first.example.com.')).toBe(true);
    expect(served?.exists('third.example.com.')).toBe(false);
    expect(zones.zones().map(({ id, privateZone }) => [id, privateZone])).toEqual([
      [zoneId, false],
      ['ZPRIVATE', true],
      ['ZTHIRD', false],
    ]);
  });

  it('serves the zone with the longest matching apex, and none outside', () => {
    const { zones } = zoneFixture();
    zones.createZone({ name: 'sub.example.com', callerReference: 'sub' });
    zones.propagateNow();
    expect(zones.zoneFor(0, 'a.sub.example.com.')?.apex).toBe('sub.example.com.');
    expect(zones.zoneFor(0, 'notsub.example.com.')?.apex).toBe('example.com.');
    expect(zones.zoneFor(0, 'notexample.com.')).toBeUndefined();
  });

  it('knows names without records of their own above existing ones', () => {
    const { zones, create } = zoneFixture();
    create({ name: 'a.b', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    zones.propagateNow();
    const served = zones.zoneFor(0, 'example.com.');
    expect(['a.b', 'b', 'c.b', 'c'].map((name) => served?.exists(`${name}.example.com.`))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('propagation', () => {
  it('goes from PENDING to INSYNC when the slowest name server has the change', () => {
    const { zones, clock, create } = zoneFixture({ insyncDelayMs: (server) => [100, 300, 200][server] ?? 0 });
    const accepted = create({ name: 'www', type: 'CNAME', ttl: 60, values: ['a.test'] });
    const seen = (): unknown =>
      [0, 1, 2].map((server) => zones.zoneFor(server, 'www.example.com.')?.at('www.example.com.').length);
    const status = (): unknown => zones.changeStatus(accepted.change.id)?.status;
    expect([seen(), status()]).toEqual([[0, 0, 0], 'PENDING']);
    clock.advance(100);
    expect([seen(), status()]).toEqual([[1, 0, 0], 'PENDING']);
    clock.advance(199);
    expect([seen(), status()]).toEqual([[1, 0, 1], 'PENDING']);
    clock.advance(1);
    expect([seen(), status()]).toEqual([[1, 1, 1], 'INSYNC']);
    expect(zones.changeStatus('CUNKNOWN')).toBeUndefined();
  });

  it('applies batches in order on each server even when a later one would travel faster', () => {
    const delays = [500, 10];
    const { zones, clock, create, upsert } = zoneFixture({
      serverCount: 1,
      insyncDelayMs: () => delays.shift() ?? 0,
    });
    create({ name: 'www', type: 'CNAME', ttl: 60, values: ['one.test'] });
    const later = upsert({ name: 'www', type: 'CNAME', ttl: 60, values: ['two.test'] });
    const served = (): unknown => zones.zoneFor(0, 'www.example.com.')?.at('www.example.com.')[0]?.values;
    clock.advance(499);
    expect([served(), zones.changeStatus(later.change.id)?.status]).toEqual([undefined, 'PENDING']);
    clock.advance(1);
    expect([served(), zones.changeStatus(later.change.id)?.status]).toEqual([['two.test'], 'INSYNC']);
  });

  it('shows a batch whole or not at all', () => {
    const { zones, zoneId, clock, create } = zoneFixture({ insyncDelayMs: 50 });
    create({ name: 'www', type: 'CNAME', ttl: 60, values: ['old.test'] });
    clock.advance(50);
    zones.change(zoneId, [
      { action: 'DELETE', record: { name: 'www.example.com', type: 'CNAME', ttl: 60, values: ['old.test'] } },
      { action: 'CREATE', record: weighted('source', 100) },
      { action: 'CREATE', record: weighted('target', 0) },
    ]);
    const served = (): unknown =>
      zones
        .zoneFor(1, 'www.example.com.')
        ?.at('www.example.com.')
        .map(({ weight }) => weight);
    expect(served()).toEqual([undefined]);
    clock.advance(50);
    expect(served()).toEqual([100, 0]);
  });

  it('holds and releases, counting the delay from the release', () => {
    const { zones, clock, create } = zoneFixture({ insyncDelayMs: 50 });
    zones.holdPropagation();
    const held = create({ name: 'www', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    clock.advance(1_000_000);
    expect(zones.changeStatus(held.change.id)?.status).toBe('PENDING');
    zones.releasePropagation();
    clock.advance(49);
    expect(zones.changeStatus(held.change.id)?.status).toBe('PENDING');
    clock.advance(1);
    expect(zones.changeStatus(held.change.id)?.status).toBe('INSYNC');
  });

  it('never reaches a server whose delay is infinite', () => {
    const { zones, clock, create } = zoneFixture({
      insyncDelayMs: (server) => (server === 2 ? Infinity : 0),
    });
    const accepted = create({ name: 'www', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    clock.advance(1e12);
    expect(zones.changeStatus(accepted.change.id)?.status).toBe('PENDING');
    expect(zones.zoneFor(2, 'www.example.com.')?.at('www.example.com.')).toEqual([]);
    expect(zones.zoneFor(1, 'www.example.com.')?.at('www.example.com.')).toHaveLength(1);
  });

  it('lists the newest state although it is still PENDING', () => {
    const { zones, zoneId, create } = zoneFixture({ insyncDelayMs: 1e9 });
    create({ name: 'www', type: 'A', ttl: 60, values: ['192.0.2.1'] });
    expect(zones.records(zoneId)?.map(({ name }) => name)).toContain('www.example.com.');
  });

  it('gives every change an id of its own even when the random numbers repeat', () => {
    const zones = new HostedZones({ serverCount: 1, insyncDelayMs: 0, now: () => 0, random: () => 0 });
    const ids = ['a.com', 'b.com'].map((name) => zones.createZone({ name, callerReference: name }));
    expect(new Set(ids.map((created) => created.kind === 'created' && created.change.id)).size).toBe(2);
  });
});
