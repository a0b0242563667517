import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { evaluate, readPolicy } from '../../../src/lab/route53/iam-policy.js';
import { batch, failure, labFixture, source } from './lab-fixture.js';

const zoneArn = 'arn:aws:route53:::hostedzone/Z1';

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function answer(
  statement: object,
  question: { action?: string; resource?: string; names?: readonly string[] },
): string {
  const { action = 'route53:ChangeResourceRecordSets', resource = zoneArn, names } = question;
  const key = 'route53:changeresourcerecordsetsnormalizedrecordnames';
  const context = new Map(names === undefined ? [] : [[key, names]]);
  return evaluate([readPolicy(policy(statement))], { action, resource, context });
}

const allowAll = { Effect: 'Allow', Action: 'route53:*', Resource: '*' };
const onlyNames = (operator: string, ...names: readonly string[]): object => ({
  ...allowAll,
  Condition: { [operator]: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names } },
});

describe('a policy', () => {
  test('allows what a statement names, wildcards included, and nothing else', () => {
    const statement = { Effect: 'Allow', Action: ['route53:Get*'], Resource: 'arn:aws:route53:::change/C?' };
    expect(answer(statement, { action: 'route53:GetChange', resource: 'arn:aws:route53:::change/C1' })).toBe(
      'allowed',
    );
    expect(answer(statement, { action: 'route53:getchange', resource: 'arn:aws:route53:::change/C1' })).toBe(
      'allowed',
    );
    expect(answer(statement, { action: 'route53:GetChange', resource: 'arn:aws:route53:::change/C12' })).toBe(
      'not-allowed',
    );
    expect(answer(statement, { action: 'route53:ListTags', resource: 'arn:aws:route53:::change/C1' })).toBe(
      'not-allowed',
    );
  });

  test('that denies wins over one that allows', () => {
    const deny = readPolicy(policy({ Effect: 'Deny', Action: 'route53:Change*', Resource: '*' }));
    const question = { action: 'route53:ChangeResourceRecordSets', resource: zoneArn, context: new Map() };
    expect(evaluate([readPolicy(policy(allowAll)), deny], question)).toBe('explicitly-denied');
  });

  test('with ForAllValues wants every value among its own, and is content with none', () => {
    const statement = onlyNames('ForAllValues:StringEquals', 'a.example.com', 'b.example.com');
    expect(answer(statement, { names: ['b.example.com', 'a.example.com'] })).toBe('allowed');
    expect(answer(statement, { names: ['a.example.com', 'c.example.com'] })).toBe('not-allowed');
    expect(answer(statement, { names: ['A.example.com'] })).toBe('not-allowed');
    expect(answer(statement, {})).toBe('allowed');
  });

  test('without ForAllValues wants exactly one value', () => {
    const statement = onlyNames('StringEquals', 'a.example.com');
    expect(answer(statement, { names: ['a.example.com'] })).toBe('allowed');
    expect(answer(statement, { names: ['a.example.com', 'a.example.com'] })).toBe('not-allowed');
    expect(answer(statement, {})).toBe('not-allowed');
  });

  test('takes stars for wildcards only in StringLike', () => {
    expect(answer(onlyNames('ForAllValues:StringLike', '*.example.com'), { names: ['a.example.com'] })).toBe(
      'allowed',
    );
    expect(
      answer(onlyNames('ForAllValues:StringEquals', '*.example.com'), { names: ['a.example.com'] }),
    ).toBe('not-allowed');
  });

  test.each([
    ['NotAction', { Effect: 'Allow', NotAction: 'route53:*', Resource: '*' }],
    ['NumericEquals', { ...allowAll, Condition: { NumericEquals: { 'aws:x': '1' } } }],
    ['Action', { Effect: 'Allow', Resource: '*' }],
    ['Effect', { Effect: 'Maybe', Action: '*', Resource: '*' }],
  ])('with a part that cannot be evaluated is an error that names it: %s', (part, statement) => {
    expect(() => readPolicy(policy(statement))).toThrow(part);
  });
});

describe('the endpoint', () => {
  test('answers as AWS does when a policy does not allow a call, and changes nothing', async () => {
    const { client, lab, zones } = await labFixture({
      permissions: {
        AKIDSDK: [policy({ ...allowAll, Action: 'route53:List*' })],
      },
    });
    const change = new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z1',
      ChangeBatch: batch({ Action: 'CREATE', ResourceRecordSet: source }),
    });
    expect(await failure(client.send(change))).toEqual({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::000000000000:user/lab is not authorized to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1 because no identity-based policy allows the route53:ChangeResourceRecordSets action',
      httpStatus: 403,
    });
    expect(lab.requests.at(-1)?.committed).toBeUndefined();
    expect(zones.records('Z1')?.some(({ name }) => name === 'www.example.com.')).toBe(false);
    await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' }));
    const get = await failure(client.send(new GetHostedZoneCommand({ Id: 'Z1' })));
    expect(get.message).toContain('route53:GetHostedZone on resource: arn:aws:route53:::hostedzone/Z1');
  });

  test('asks about any resource where a call names none, and says so without one', async () => {
    const { client } = await labFixture({
      permissions: { AKIDSDK: [policy({ ...allowAll, Resource: 'arn:aws:route53:::hostedzone/*' })] },
    });
    const listing = await failure(client.send(new ListHostedZonesByNameCommand({})));
    expect(listing.message).toContain('perform: route53:ListHostedZonesByName because no');
  });

  test('compares names in lower case, with octal escapes and without the final dot', async () => {
    const { client } = await labFixture({
      permissions: { AKIDSDK: [policy(onlyNames('ForAllValues:StringEquals', '\\052.example.com'))] },
    });
    const create = (Name: string): Promise<unknown> =>
      client.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: 'Z1',
          ChangeBatch: batch({ Action: 'CREATE', ResourceRecordSet: { ...source, Name } }),
        }),
      );
    await create('*.EXAMPLE.com.');
    expect((await failure(create('a.example.com'))).name).toBe('AccessDenied');
  });

  test('lets a key without policies do everything', async () => {
    const { client } = await labFixture({ permissions: { AKIDOTHER: [policy()] } });
    await expect(client.send(new GetHostedZoneCommand({ Id: 'Z1' }))).resolves.toBeDefined();
  });
});
