import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  CreateResourceRecordSetProtectionsCommand,
  DeleteHostedZoneCommand,
  DeleteResourceRecordSetProtectionsCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListReusableDelegationSetsCommand,
  ListResourceRecordSetProtectionsCommand,
  ListTagsForResourceCommand,
  TestDNSAnswerCommand,
  UpdateHostedZoneFeaturesCommand,
} from '@aws-sdk/client-route-53';
import type { ListHostedZonesByNameCommandInput } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { batch, failure, labFixture, source } from './lab-fixture.js';

describe('hosted zones over the wire, by the AWS SDK', () => {
  it('are created with 201, read, and deleted', async () => {
    const { client } = await labFixture();
    const created = await client.send(
      new CreateHostedZoneCommand({
        Name: 'New.example',
        CallerReference: 'r1',
        HostedZoneConfig: { Comment: 'c' },
      }),
    );
    expect(created.$metadata.httpStatusCode).toBe(201);
    expect(created.Location).toBe(`https://route53.amazonaws.com/2013-04-01${created.HostedZone?.Id ?? ''}`);
    expect(created.HostedZone).toMatchObject({
      Name: 'new.example.',
      CallerReference: 'r1',
      Config: { Comment: 'c', PrivateZone: false },
      ResourceRecordSetCount: 2,
    });
    expect(created.DelegationSet?.NameServers).toEqual(['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net']);
    const Id = created.HostedZone?.Id;
    expect(await client.send(new GetHostedZoneCommand({ Id }))).toMatchObject({
      HostedZone: created.HostedZone,
      DelegationSet: created.DelegationSet,
    });
    const again = client.send(new CreateHostedZoneCommand({ Name: 'x.example', CallerReference: 'r1' }));
    expect(await failure(again)).toMatchObject({ name: 'HostedZoneAlreadyExists', httpStatus: 409 });
    const deleted = await client.send(new DeleteHostedZoneCommand({ Id }));
    expect(deleted.ChangeInfo?.Status).toBe('INSYNC');
    expect(await failure(client.send(new GetHostedZoneCommand({ Id })))).toMatchObject({
      name: 'NoSuchHostedZone',
    });
  });

  it('are not deleted while they hold records', async () => {
    const { client, zoneId } = await labFixture();
    const ChangeBatch = batch({ Action: 'CREATE', ResourceRecordSet: source });
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
    expect(await failure(client.send(new DeleteHostedZoneCommand({ Id: zoneId })))).toEqual({
      name: 'HostedZoneNotEmpty',
      httpStatus: 400,
      message:
        'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    });
  });

  it('are private when they belong to a VPC', async () => {
    const { client } = await labFixture();
    const VPC = { VPCRegion: 'us-east-1' as const, VPCId: 'vpc-1' };
    const { HostedZone } = await client.send(
      new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'p', VPC }),
    );
    const read = await client.send(new GetHostedZoneCommand({ Id: HostedZone?.Id }));
    expect(read.HostedZone?.Config?.PrivateZone).toBe(true);
    expect(read.VPCs).toHaveLength(1);
    expect(read.DelegationSet).toBeUndefined();
  });

  it('are listed in pages by marker', async () => {
    const { client, zones } = await labFixture();
    zones.createZone({ name: 'b.example', callerReference: 'b', id: 'ZB' });
    zones.createZone({ name: 'a.example', callerReference: 'a', id: 'ZA' });
    const first = await client.send(new ListHostedZonesCommand({ MaxItems: 2 }));
    expect(first.HostedZones?.map(({ Id }) => Id)).toEqual(['/hostedzone/Z1', '/hostedzone/ZB']);
    expect([first.IsTruncated, first.NextMarker]).toEqual([true, 'ZA']);
    const second = await client.send(new ListHostedZonesCommand({ MaxItems: 2, Marker: first.NextMarker }));
    expect(second.HostedZones?.map(({ Id }) => Id)).toEqual(['/hostedzone/ZA']);
    expect([second.IsTruncated, second.NextMarker]).toEqual([false, undefined]);
  });

  it('are listed by name from a start position on, which filters nothing', async () => {
    const { client, zones } = await labFixture();
    for (const [id, name] of [
      ['ZB', 'b.example'],
      ['ZA', 'example.com'],
      ['ZC', 'sub.example.com'],
      ['ZD', 'a.com'],
    ] as const) {
      zones.createZone({ id, name, callerReference: id });
    }
    const byName = async (input: ListHostedZonesByNameCommandInput) => {
      const page = await client.send(new ListHostedZonesByNameCommand(input));
      return [
        page.HostedZones?.map(({ Id }) => Id?.slice('/hostedzone/'.length)),
        page.NextDNSName,
        page.NextHostedZoneId,
      ];
    };
    expect(await byName({})).toEqual([['ZD', 'Z1', 'ZA', 'ZC', 'ZB'], undefined, undefined]);
    expect(await byName({ DNSName: 'Example.com' })).toEqual([
      ['Z1', 'ZA', 'ZC', 'ZB'],
      undefined,
      undefined,
    ]);
    expect(await byName({ DNSName: 'example.com', MaxItems: 1 })).toEqual([['Z1'], 'example.com.', 'ZA']);
    expect(await byName({ DNSName: 'example.com', HostedZoneId: 'ZA', MaxItems: 2 })).toEqual([
      ['ZA', 'ZC'],
      'b.example.',
      'ZB',
    ]);
    expect(await byName({ DNSName: 'zzz' })).toEqual([[], undefined, undefined]);
    expect(await failure(byName({ HostedZoneId: 'ZA' }))).toMatchObject({ name: 'InvalidInput' });
  });

  it('take features, and other states of accelerated recovery from a test', async () => {
    const { client, zones, zoneId } = await labFixture();
    const features = async () =>
      (await client.send(new GetHostedZoneCommand({ Id: zoneId }))).HostedZone?.Features;
    expect(await features()).toBeUndefined();
    await client.send(
      new UpdateHostedZoneFeaturesCommand({ HostedZoneId: zoneId, EnableAcceleratedRecovery: true }),
    );
    expect(await features()).toEqual({ AcceleratedRecoveryStatus: 'ENABLED' });
    zones.setAcceleratedRecovery(zoneId, 'ENABLING_HOSTED_ZONE_LOCKED');
    expect(await features()).toEqual({ AcceleratedRecoveryStatus: 'ENABLING_HOSTED_ZONE_LOCKED' });
  });

  it('take protections of record sets', async () => {
    const { client, zoneId } = await labFixture();
    const HostedZoneId = zoneId;
    const entries = ['www.example.com', 'a.example.com', 'b.example.com'].map((RecordName) => ({
      RecordName,
      RecordType: 'CNAME' as const,
      Comment: `why ${RecordName}`,
    }));
    await client.send(new CreateResourceRecordSetProtectionsCommand({ HostedZoneId, Protections: entries }));
    const first = await client.send(
      new ListResourceRecordSetProtectionsCommand({ HostedZoneId, MaxResults: 2 }),
    );
    expect(first.ResourceRecordSetProtections?.map(({ RecordName }) => RecordName)).toEqual([
      'a.example.com.',
      'b.example.com.',
    ]);
    const NextToken = first.NextToken;
    const second = await client.send(
      new ListResourceRecordSetProtectionsCommand({ HostedZoneId, NextToken }),
    );
    expect([second.ResourceRecordSetProtections, second.NextToken]).toEqual([
      [{ RecordName: 'www.example.com.', RecordType: 'CNAME', Comment: 'why www.example.com' }],
      undefined,
    ]);
    const ChangeBatch = batch({ Action: 'CREATE', ResourceRecordSet: source });
    const change = () => client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
    const refused = await failure(change());
    expect(refused.name).toBe('InvalidChangeBatch');
    expect(refused.message).toContain('why www.example.com');
    const twice = client.send(
      new CreateResourceRecordSetProtectionsCommand({ HostedZoneId, Protections: entries }),
    );
    expect(await failure(twice)).toMatchObject({ name: 'ProtectionAlreadyExists', httpStatus: 409 });
    const keys = entries.map(({ RecordName, RecordType }) => ({ RecordName, RecordType }));
    await client.send(new DeleteResourceRecordSetProtectionsCommand({ HostedZoneId, Protections: keys }));
    await expect(change()).resolves.toBeDefined();
  });

  it('answer TestDNSAnswer by weight and through aliases, once the first name server has the change', async () => {
    const { client, zones, zoneId } = await labFixture();
    const member = { name: 'www.example.com', type: 'CNAME', ttl: 1 };
    zones.change(zoneId, [
      { action: 'CREATE', record: { ...member, setIdentifier: 'a', weight: 0, values: ['never.test'] } },
      { action: 'CREATE', record: { ...member, setIdentifier: 'b', weight: 7, values: ['always.test'] } },
      {
        action: 'CREATE',
        record: {
          name: 'alias.example.com',
          type: 'CNAME',
          alias: { hostedZoneId: zoneId, dnsName: 'www.example.com', evaluateTargetHealth: false },
        },
      },
    ]);
    const test = (RecordName: string) =>
      client.send(new TestDNSAnswerCommand({ HostedZoneId: zoneId, RecordName, RecordType: 'A' }));
    for (const name of ['www.example.com', 'alias.example.com']) {
      expect(await test(name)).toMatchObject({
        RecordType: 'CNAME',
        RecordData: ['always.test'],
        ResponseCode: 'NOERROR',
      });
    }
    expect(await test('none.example.com')).toMatchObject({ RecordData: [], ResponseCode: 'NXDOMAIN' });
  });

  it('have no tags', async () => {
    const { client, zoneId } = await labFixture();
    const tags = await client.send(
      new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: zoneId }),
    );
    expect(tags.ResourceTagSet?.ResourceId).toBe(zoneId);
    expect(tags.ResourceTagSet?.Tags ?? []).toEqual([]);
  });

  it('say clearly what the lab cannot do', async () => {
    const { client } = await labFixture();
    const refused = await failure(client.send(new ListReusableDelegationSetsCommand({})));
    expect(refused).toMatchObject({ name: 'UnknownOperationException', httpStatus: 404 });
    expect(refused.message).toContain('GET /2013-04-01/delegationset');
  });
});
