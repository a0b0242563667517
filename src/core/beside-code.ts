import { proofName } from './cas-proof.js';
import type { MigrationPlan } from './plan.js';
import { displayName, markerName, type RecordName } from './record-name.js';

/**
 * What to add to the code that owns the zone for the time of the migration, so that it does not put the old records back. Lines of at
 * most 80 columns for usual names; what stands indented can be copied.
 *
 * To Terraform a member of a weighted set is another resource than a simple record: its provider looks a record up by name, type and
 * set identifier, so `ignore_changes` does not help once the pair stands. octoDNS and dnscontrol delete what they do not know, the
 * marker included.
 */
export function besideCode(plan: Pick<MigrationPlan, 'zone' | 'hosts'>): readonly string[] {
  const hosts = plan.hosts.map(({ host }) => host);
  const [first] = hosts;
  return [
    'Beside infrastructure as code',
    'Code that knows these records would put the old ones back. Take them out of its',
    'care until the migration has ended:',
    ...hosts.flatMap((host) => terraform(host)),
    ...cloudFormation(),
    ...octoDns(plan.zone.name, hosts),
    ...dnsControl(plan.zone.name, hosts),
    '',
    'Afterwards this prints the records as they then stand, with import blocks:',
    `  shiftctl export ${displayName(first ?? plan.zone.name)} --as terraform`,
  ];
}

function terraform(host: RecordName): readonly string[] {
  return [
    '',
    `Terraform 1.7 or later, in place of the resource of ${displayName(host)}:`,
    '  removed {',
    `    from = aws_route53_record.${displayName(host).replace(/[^a-z0-9]/g, '_')} # as your code calls it`,
    '    lifecycle {',
    '      destroy = false',
    '    }',
    '  }',
    '  Before 1.7: terraform state rm, and no resource. ignore_changes is not enough:',
    '  to Terraform the weighted pair is not the record that it knows.',
  ];
}

function cloudFormation(): readonly string[] {
  return [
    '',
    'CloudFormation: add this to the AWS::Route53::RecordSet and update the stack;',
    'then take the resource out of the template and update the stack again:',
    '  DeletionPolicy: Retain',
  ];
}

function octoDns(zone: RecordName, hosts: readonly RecordName[]): readonly string[] {
  return [
    '',
    'octoDNS, in its configuration:',
    '  processors:',
    '    shift:',
    '      class: octodns.processor.filter.NameRejectlistFilter',
    '      rejectlist:',
    ...hosts.flatMap((host) => ownNames(host).map((name) => `        - ${relative(name, zone)}`)),
    '  zones:',
    `    ${zone}:`,
    '      processors: [shift]',
  ];
}

/** dnscontrol reads an alias of Route 53 as a type of its own (dnscontrol documentation, "R53_ALIAS"), so it is named beside the others. */
function dnsControl(zone: RecordName, hosts: readonly RecordName[]): readonly string[] {
  const ignored = hosts.flatMap((host) =>
    ownNames(host).map(
      (name) => `  IGNORE("${relative(name, zone)}", "${name === host ? 'CNAME,A,AAAA,R53_ALIAS' : 'TXT'}"),`,
    ),
  );
  return ['', `dnscontrol, in D("${displayName(zone)}", ...) in place of the record itself:`, ...ignored];
}

/** The names that a migration writes: the host, its marker, and where the proof of `preflight --prove` stands for a moment. */
function ownNames(host: RecordName): readonly RecordName[] {
  return [host, markerName(host), proofName(host)];
}

/** As both tools name records: below the zone, without its name. */
function relative(name: RecordName, zone: RecordName): string {
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : displayName(name);
}
