import type { RecordSet } from './record-set.js';

/** A tool that seems to manage records here and would put its own back. */
export interface OwnershipHint {
  readonly tool:
    'external-dns' | 'Terraform' | 'CloudFormation' | 'AWS CDK' | 'octoDNS' | 'dnscontrol' | 'Pulumi';
  /** What was seen. */
  readonly trace: string;
}

/**
 * What TXT records beside a host and the tags of its zone tell about other owners. external-dns writes `heritage=external-dns` beside
 * every record it owns (external-dns documentation, "The TXT registry"); the other tools leave nothing of their own in DNS, so only
 * what people and tools write into tags or ownership texts tells of them.
 */
export function ownershipHints(
  records: readonly RecordSet[],
  tags: readonly { readonly key: string; readonly value: string }[],
): readonly OwnershipHint[] {
  const texts = records
    .filter(({ type }) => type === 'TXT')
    .flatMap(({ name, values }) => values.map((value) => ({ trace: `TXT ${name} ${value}`, text: value })));
  const labels = tags.map(({ key, value }) => ({ trace: `tag ${key}=${value}`, text: `${key}=${value}` }));
  return [...texts, ...labels].flatMap(({ trace, text }) => {
    const found = signs.find(({ sign }) => sign.test(text));
    return found === undefined ? [] : [{ tool: found.tool, trace: trace.slice(0, 160) }];
  });
}

const signs: readonly { readonly sign: RegExp; readonly tool: OwnershipHint['tool'] }[] = [
  { sign: /heritage=external-dns/i, tool: 'external-dns' },
  { sign: /aws-cdk|aws:cdk/i, tool: 'AWS CDK' },
  { sign: /cloudformation/i, tool: 'CloudFormation' },
  { sign: /terraform|terragrunt|opentofu/i, tool: 'Terraform' },
  { sign: /octodns/i, tool: 'octoDNS' },
  { sign: /dnscontrol/i, tool: 'dnscontrol' },
  { sign: /pulumi/i, tool: 'Pulumi' },
];
