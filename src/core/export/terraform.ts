import { displayName } from '../record-name.js';
import type { RecordSet } from '../record-set.js';
import { exportRemarks, type ExportedHost, type ExportedZone } from './exported-records.js';

/**
 * The records as resources of the Terraform provider for AWS, each with the `import` block (Terraform 1.5 and later) that makes it
 * the owner of what already stands there, so that the next `terraform apply` changes nothing. In the form of `terraform fmt`.
 */
export function terraformText(zone: ExportedZone): string {
  const hasImports = zone.hosts.some(({ records }) =>
    records.some(({ foreignRouting }) => foreignRouting === null),
  );
  const head = [
    `# Records of ${displayName(zone.name)} (${zone.id}) as they now stand.`,
    ...(hasImports ? ['# The import blocks may be removed after the next terraform apply.'] : []),
  ];
  return `${[head, ...zone.hosts.map((host) => hostText(zone, host))].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function hostText(zone: ExportedZone, host: ExportedHost): readonly string[] {
  const remarks = exportRemarks(host).map((remark) => `# ${remark}`);
  const resources = host.records.map((record) => resource(zone.id, record));
  return [remarks, ...resources]
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function resource(zoneId: string, record: RecordSet): readonly string[] {
  if (record.foreignRouting !== null) return [`# Left out: ${record.type} with ${record.foreignRouting}.`];
  const label = resourceLabel(record);
  const identity = [zoneId, displayName(record.name), record.type, record.setIdentifier];
  const attributes: [string, string][] = [
    ['zone_id', quote(zoneId)],
    ['name', quote(displayName(record.name))],
    ['type', quote(record.type)],
    ...given('ttl', record.ttl, String),
    ...given('set_identifier', record.setIdentifier, quote),
    ...given('health_check_id', record.healthCheckId, quote),
    ...(record.alias === null ? [['records', list(record)] as [string, string]] : []),
  ];
  return [
    'import {',
    ...aligned([
      ['to', `aws_route53_record.${label}`],
      ['id', quote(identity.filter((part) => part !== null).join('_'))],
    ]),
    '}',
    '',
    `resource "aws_route53_record" "${label}" {`,
    ...aligned(attributes),
    ...blocks(record),
    '}',
  ];
}

function blocks({ weight, alias }: RecordSet): readonly string[] {
  const policy = weight === null ? [] : block('weighted_routing_policy', [['weight', String(weight)]]);
  if (alias === null) return policy;
  const target: [string, string][] = [
    ['name', quote(displayName(alias.dnsName))],
    ['zone_id', quote(alias.hostedZoneId)],
    ['evaluate_target_health', String(alias.evaluateTargetHealth)],
  ];
  return [...policy, ...block('alias', target)];
}

function block(name: string, attributes: readonly [string, string][]): readonly string[] {
  return ['', `  ${name} {`, ...aligned(attributes).map((line) => `  ${line}`), '  }'];
}

/** `terraform fmt` lines up the equals signs of neighbouring attributes. */
function aligned(attributes: readonly [string, string][]): readonly string[] {
  const width = Math.max(...attributes.map(([name]) => name.length));
  return attributes.map(([name, value]) => `  ${name.padEnd(width)} = ${value}`);
}

function given<T>(name: string, value: T | null, text: (value: T) => string): [string, string][] {
  return value === null ? [] : [[name, text(value)]];
}

function list({ type, values }: RecordSet): string {
  return `[${values.map((value) => quote(type === 'TXT' || type === 'SPF' ? unwrapped(value) : value)).join(', ')}]`;
}

/** The provider puts the outer quotes around a TXT value itself and leaves those between its strings (provider source, `flattenTxtEntry`). */
function unwrapped(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}

/** Letters, digits and underscores, beginning with a letter or underscore, and different for every record. */
function resourceLabel({ name, type, setIdentifier }: RecordSet): string {
  const parts = [displayName(name), type.toLowerCase(), ...(setIdentifier === null ? [] : [setIdentifier])];
  const label = parts.join('_').replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(label) ? label : `_${label}`;
}

/** A quoted string of the Terraform language: backslashes, quotes and the openings of templates are escaped. */
function quote(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replace(/([$%])\{/g, '$1$1{')
    .replace(/[\u0000-\u001f\u007f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
