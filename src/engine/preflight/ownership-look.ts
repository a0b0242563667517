import { displayName, type RecordName } from '../../core/record-name.js';
import { ownershipHints } from '../../core/zone-ownership.js';
import { passed, unseen, warned, type Look } from './look.js';

/** external-dns writes its ownership beside a name, with the type in front where a CNAME stands ("The TXT registry"). */
const ownershipPrefixes = ['', 'cname-', 'a-', 'aaaa-', 'externaldns-', 'externaldns-cname-'];

/** Traces of tools that would put the old records back while the migration runs. */
export const lookAtOwnership: Look = async ({ zones, inspection }, { zone, hosts }, signal) => {
  const names = hosts.flatMap(({ host }) =>
    ownershipPrefixes.map((prefix) => `${prefix}${host}` as RecordName),
  );
  const [records, tags] = await Promise.all([
    zones.records(zone.id, names, signal),
    inspection.tags(zone.id, signal),
  ]);
  const name = 'ownership';
  const unread = [
    ...(records.ok ? [] : [unseen(name, 'ownership records', records.error)]),
    ...(tags.ok ? [] : [unseen(name, "the zone's tags", tags.error)]),
  ];
  const hints = ownershipHints(records.ok ? records.value : [], tags.ok ? tags.value : []);
  const warnings = hints.map(({ tool, trace }) => {
    const fact = `${tool} seems to manage records of ${displayName(zone.name)} (${trace}) and would put its own back`;
    return warned(name, fact, fixes[tool]);
  });
  if (warnings.length + unread.length > 0) return [...warnings, ...unread];
  return [
    passed(name, 'no trace of external-dns, Terraform, CloudFormation, octoDNS or dnscontrol was seen'),
  ];
};

const inCode = 'take the records out of its care for the time of the migration';
const fixes: Readonly<Record<ReturnType<typeof ownershipHints>[number]['tool'], string>> = {
  'external-dns':
    'remove its annotation from the ingress or service, or set its --policy to upsert-only and exclude the host',
  Terraform:
    'run no apply until the migration has ended, or add what this prints with the same flags: shiftctl plan --beside-code; ignore_changes is not enough',
  CloudFormation: 'do not update the stack, or set DeletionPolicy: Retain and take the record out of it',
  'AWS CDK': 'do not deploy the stack, or take the record out of it with RemovalPolicy.RETAIN',
  octoDNS: `${inCode}: octodns: { ignored: true } on the record`,
  dnscontrol: `${inCode}: IGNORE("<name>") in dnsconfig.js`,
  Pulumi: `${inCode}: pulumi state delete and no resource, as for Terraform in shiftctl plan --beside-code; ignoreChanges is not enough`,
};
