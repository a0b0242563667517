import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53';
import type { ListResourceRecordSetsCommandInput, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { batch, failure, labFixture, source } from './lab-fixture.js';

describe('records over the wire, by the AWS SDK', () => {
  it('come back as they were sent, name normalised', async () => {
    const { client, zoneId } = await labFixture();
    const sent: ResourceRecordSet[] = [
      { Name: 'A.example.com', Type: 'TXT', TTL: 0, ResourceRecords: [{ Value: '"a & b <c> \\"d\\"" "e"' }] },
      source,
      {
        Name: 'x.example.com.',
        Type: 'AAAA',
        SetIdentifier: 'eu',
        GeoLocation: { ContinentCode: 'EU' },
        AliasTarget: {
          HostedZoneId: '/hostedzone/Z32O12XQLNTSW2',
          DNSName: 'ALB.eu-west-1.elb.amazonaws.com',
          EvaluateTargetHealth: true,
        },
      },
      {
        Name: '*.z.example.com',
        Type: 'A',
        SetIdentifier: 'm',
        MultiValueAnswer: true,
        TTL: 5,
        ResourceRecords: [{ Value: '192.0.2.1' }],
      },
    ];
    const { ChangeInfo } = await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: `/hostedzone/${zoneId}`,
        ChangeBatch: {
          Comment: 'first & last',
          Changes: sent.map((record) => ({ Action: 'CREATE', ResourceRecordSet: record })),
        },
      }),
    );
    expect(ChangeInfo).toMatchObject({
      Comment: 'first & last',
      Status: 'INSYNC',
      Id: expect.stringMatching(/^\/change\/C/) as string,
    });
    const { ResourceRecordSets, IsTruncated, MaxItems, $metadata } = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    expect([IsTruncated, MaxItems, $metadata.requestId]).toEqual([
      false,
      100,
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
    const [txt, , alias, multi] = sent;
    expect(ResourceRecordSets?.slice(2)).toEqual([
      { ...txt, Name: 'a.example.com.' },
      { ...source, Name: 'www.example.com.' },
      {
        ...alias,
        AliasTarget: {
          HostedZoneId: 'Z32O12XQLNTSW2',
          DNSName: 'alb.eu-west-1.elb.amazonaws.com.',
          EvaluateTargetHealth: true,
        },
      },
      { ...multi, Name: '\\052.z.example.com.' },
    ]);
    expect(ResourceRecordSets?.[4]).not.toHaveProperty('ResourceRecords');
  });

  it('are refused with one bracketed list in the form the SDK understands', async () => {
    const { client, zoneId } = await labFixture();
    const HostedZoneId = zoneId;
    await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId,
        ChangeBatch: batch({ Action: 'CREATE', ResourceRecordSet: source }),
      }),
    );
    const changed = { ...source, Weight: 90 };
    const swap = batch(
      { Action: 'DELETE', ResourceRecordSet: changed },
      { Action: 'CREATE', ResourceRecordSet: changed },
    );
    const label = "[name='www.example.com.', type='CNAME', set-identifier='shift-source']";
    expect(
      await failure(client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: swap }))),
    ).toEqual({
      name: 'InvalidChangeBatch',
      httpStatus: 400,
      message:
        `[Tried to delete resource record set ${label} but the values provided do not match the current values, ` +
        `Tried to create resource record set ${label} but it already exists]`,
    });
    const outOfRange = batch({ Action: 'CREATE', ResourceRecordSet: { ...source, Weight: 300 } });
    expect(
      await failure(
        client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: outOfRange })),
      ),
    ).toMatchObject({
      name: 'InvalidInput',
      httpStatus: 400,
    });
    expect(await failure(client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZNONE' })))).toEqual({
      name: 'NoSuchHostedZone',
      httpStatus: 404,
      message: 'No hosted zone found with ID: ZNONE',
    });
  });

  it('become INSYNC when every name server has them', async () => {
    const { client, zones, zoneId } = await labFixture({ insyncDelayMs: 80 });
    const { ChangeInfo } = await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: batch({ Action: 'CREATE', ResourceRecordSet: source }),
      }),
    );
    expect(ChangeInfo?.Status).toBe('PENDING');
    expect(zones.zoneFor(0, 'www.example.com.')?.at('www.example.com.')).toHaveLength(0);
    const waited = await waitUntilResourceRecordSetsChanged(
      { client, maxWaitTime: 5, minDelay: 0.02, maxDelay: 0.05 },
      { Id: ChangeInfo?.Id },
    );
    expect(waited.state).toBe('SUCCESS');
    expect(zones.zoneFor(0, 'www.example.com.')?.at('www.example.com.')).toHaveLength(1);
    expect(await failure(client.send(new GetChangeCommand({ Id: 'CNONE' })))).toMatchObject({
      name: 'NoSuchChange',
      httpStatus: 404,
    });
  });

  it('are listed in pages that straddle a weighted set', async () => {
    const { client, zones, zoneId } = await labFixture();
    const members = ['a', 'b', 'c', 'd', 'e'].map((setIdentifier) => ({
      action: 'CREATE',
      record: {
        name: 'www.example.com',
        type: 'CNAME',
        setIdentifier,
        weight: 1,
        ttl: 1,
        values: ['x.test'],
      },
    }));
    zones.change(zoneId, members);
    const seen: (string | undefined)[] = [];
    let input: ListResourceRecordSetsCommandInput | undefined = { HostedZoneId: zoneId, MaxItems: 2 };
    const cursors: unknown[] = [];
    while (input !== undefined) {
      const page: Awaited<ReturnType<typeof listPage>> = await listPage(input);
      seen.push(...(page.ResourceRecordSets ?? []).map((record) => record.SetIdentifier ?? record.Type));
      cursors.push([page.NextRecordName, page.NextRecordType, page.NextRecordIdentifier]);
      input = page.IsTruncated
        ? {
            HostedZoneId: zoneId,
            MaxItems: 2,
            StartRecordName: page.NextRecordName,
            StartRecordType: page.NextRecordType,
            StartRecordIdentifier: page.NextRecordIdentifier,
          }
        : undefined;
    }
    expect(seen).toEqual(['NS', 'SOA', 'a', 'b', 'c', 'd', 'e']);
    expect(cursors).toEqual([
      ['www.example.com.', 'CNAME', 'a'],
      ['www.example.com.', 'CNAME', 'c'],
      ['www.example.com.', 'CNAME', 'e'],
      [undefined, undefined, undefined],
    ]);

    function listPage(page: ListResourceRecordSetsCommandInput) {
      return client.send(new ListResourceRecordSetsCommand(page));
    }
  });

  it('are listed 100 to a page, at most 300, from a name and type on', async () => {
    const { client, zones, zoneId } = await labFixture();
    const numbers = Array.from({ length: 400 }, (_, index) => String(index).padStart(3, '0'));
    zones.change(
      zoneId,
      numbers.map((number) => ({
        action: 'CREATE',
        record: { name: `n${number}.example.com`, type: 'A', ttl: 1, values: ['192.0.2.1'] },
      })),
    );
    const list = (input: Partial<ListResourceRecordSetsCommandInput>) =>
      client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...input }));
    expect((await list({})).ResourceRecordSets).toHaveLength(100);
    const capped = await list({ MaxItems: 1000 });
    expect([capped.ResourceRecordSets?.length, capped.MaxItems]).toEqual([300, 300]);
    const after = await list({ StartRecordName: 'N397.example.com', StartRecordType: 'AAAA' });
    expect(after.ResourceRecordSets?.map(({ Name }) => Name)).toEqual([
      'n398.example.com.',
      'n399.example.com.',
    ]);
    expect(await failure(list({ StartRecordType: 'A' }))).toEqual({
      name: 'InvalidInput',
      httpStatus: 400,
      message: 'The input is not valid',
    });
    expect(await failure(list({ MaxItems: 0 }))).toMatchObject({ name: 'InvalidInput' });
    expect(await failure(list({ StartRecordName: 'a b' }))).toMatchObject({ name: 'InvalidInput' });
  });
});
