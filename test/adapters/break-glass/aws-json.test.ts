import { expect, test } from 'vitest';
import { toAwsJson } from '../../../src/adapters/break-glass/aws-json.js';
import { atForty, collapse, drain } from './batches.js';

test('a weighted record has its weight, and what it does not have is left out', () => {
  expect(toAwsJson(drain)).toEqual({
    Comment: 'shift drain',
    Changes: [
      {
        Action: 'UPSERT',
        ResourceRecordSet: {
          Name: 'www.example.com.',
          Type: 'CNAME',
          SetIdentifier: 'shift-source',
          Weight: 100,
          TTL: 60,
          ResourceRecords: [{ Value: 'x.herokudns.com.' }],
        },
      },
      {
        Action: 'UPSERT',
        ResourceRecordSet: {
          Name: 'www.example.com.',
          Type: 'CNAME',
          SetIdentifier: 'shift-target',
          Weight: 0,
          TTL: 60,
          ResourceRecords: [{ Value: 'y.eu-west-1.elb.amazonaws.com.' }],
          HealthCheckId: 'hc-1',
        },
      },
    ],
  });
});

test('an alias has neither TTL nor values', () => {
  expect(toAwsJson(collapse).Changes[2]).toEqual({
    Action: 'DELETE',
    ResourceRecordSet: {
      Name: 'api.example.com.',
      Type: 'A',
      AliasTarget: {
        HostedZoneId: 'Z32O12XQLNTSW2',
        DNSName: 'y.eu-west-1.elb.amazonaws.com.',
        EvaluateTargetHealth: false,
      },
    },
  });
});

test('nothing is null, which the CLI refuses', () => {
  expect(JSON.stringify([toAwsJson(drain), toAwsJson(collapse)])).not.toContain('null');
});

test('a record with routing this product does not handle is never written', () => {
  const [record] = atForty;
  const foreign = { ...record!, foreignRouting: 'Region' };
  expect(() => toAwsJson({ comment: '', changes: [{ action: 'UPSERT', record: foreign }] })).toThrow(
    'invariant',
  );
});
