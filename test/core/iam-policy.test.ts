import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  iamKinds,
  iamPolicy,
  maxManagedPolicyCharacters,
  policyCharacters,
} from '../../src/core/iam-policy.js';
import type { IamKind, IamScope, IamStatement } from '../../src/core/iam-policy.js';
import { recordName, type RecordName } from '../../src/core/record-name.js';

function name(text: string): RecordName {
  const parsed = recordName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function statements(kind: IamKind, change: Partial<IamScope> = {}): readonly IamStatement[] {
  const hosts = [name('WWW.Example.com')];
  const scope = { zoneId: 'Z1', hosts, readsCloudWatch: true, usesHealthChecks: false, ...change };
  return iamPolicy(kind, scope).Statement;
}

function actions(kind: IamKind, change: Partial<IamScope> = {}): readonly string[] {
  return statements(kind, change).flatMap(({ Action }) => Action);
}

const writing = /:(Change|Create|Delete|Update|Put|Associate|Disassociate)/;

describe('the policy', () => {
  test('to run writes only the hosts, their markers and the names of the proof, in one zone', () => {
    const [write, ...reads] = statements('run');
    expect(write).toEqual({
      Sid: 'ChangeOnlyTheseRecords',
      Effect: 'Allow',
      Action: ['route53:ChangeResourceRecordSets'],
      Resource: 'arn:aws:route53:::hostedzone/Z1',
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [
            'www.example.com',
            '_shift.www.example.com',
            '_shift-test.www.example.com',
          ],
          'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME', 'TXT', 'A', 'AAAA'],
          'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE', 'UPSERT'],
        },
      },
    });
    expect(reads.flatMap(({ Action }) => Action).filter((action) => writing.test(action))).toEqual([]);
  });

  test('to roll back leaves out the proof and every number', () => {
    const text = JSON.stringify(statements('rollback-only'));
    expect(text).not.toContain('_shift-test');
    expect(text).not.toContain('cloudwatch');
    expect(text).toContain('"UPSERT"');
  });

  test('to read has no action that writes', () => {
    const all = actions('read-only', { usesHealthChecks: true });
    expect(all).toContain('route53:ListResourceRecordSets');
    expect(all.filter((action) => writing.test(action))).toEqual([]);
  });

  test('asks for CloudWatch only where requests are counted there', () => {
    expect(actions('run')).toContain('cloudwatch:GetMetricData');
    expect(actions('read-only')).toContain('cloudwatch:ListMetrics');
    expect(actions('run', { readsCloudWatch: false }).join()).not.toContain('cloudwatch');
  });

  test('asks for health checks only with failover, and only the run may make them', () => {
    expect(actions('run').join()).not.toContain('HealthCheck');
    expect(actions('run', { usesHealthChecks: true })).toContain('route53:CreateHealthCheck');
    expect(actions('rollback-only', { usesHealthChecks: true })).not.toContain('route53:DeleteHealthCheck');
  });

  test('to run has exactly the calls that the adapters make', () => {
    const called = ['route53', 'cloudwatch'].flatMap((service) => {
      const folder = resolve(import.meta.dirname, '../../src/adapters', service);
      const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
      const commands = sources.join('\n').matchAll(/\b([A-Z]\w+)Command\b/g);
      return [...commands].map(([, command = '']) => `${service}:${command}`);
    });
    const needed = new Set(called);
    // Only `init` looks through all zones, before there is anything that a policy could be for.
    expect(needed.delete('route53:ListHostedZones')).toBe(true);
    const allowed = actions('run', { usesHealthChecks: true });
    expect([...new Set(allowed)].sort()).toEqual([...needed].sort());
  });

  test('is in the documentation as it is printed', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../docs/iam.md'), 'utf8');
    const shown = /```json\n(.*?)\n```/s.exec(text)?.[1] ?? '';
    expect((JSON.parse(shown) as { Statement: unknown }).Statement).toEqual(
      statements('run', { zoneId: 'Z0123456789' }),
    );
  });

  test('writes names as the condition key compares them: octal escapes, lower case, no final dot', () => {
    const text = JSON.stringify(statements('run', { hosts: [name('*.Example.com.')] }));
    expect(text).toContain('"\\\\052.example.com"');
    expect(text).toContain('"_shift.\\\\052.example.com"');
  });

  test.each(iamKinds)('of kind %s has unique statement ids of letters and digits', (kind) => {
    const ids = statements(kind, { usesHealthChecks: true }).map(({ Sid }) => Sid);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[A-Za-z0-9]+$/.test(id))).toBe(true);
  });

  test('fits into a managed policy for a dozen hosts', () => {
    const hosts = Array.from({ length: 12 }, (_, index) => name(`service-${index}.eu-west.example.com`));
    const policy = iamPolicy('run', { zoneId: 'Z1', hosts, readsCloudWatch: true, usesHealthChecks: true });
    expect(policyCharacters(policy)).toBeLessThan(maxManagedPolicyCharacters);
  });
});
