import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ExportedZone } from '../../../src/core/export/exported-records.js';
import { terraformText } from '../../../src/core/export/terraform.js';
import { zoneFileText } from '../../../src/core/export/zone-file.js';
import { markerRecord, type Marker } from '../../../src/core/marker.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { plainCname, textRecord, weightedCname, type RecordSet } from '../../../src/core/record-set.js';
import { instant } from '../../../src/core/time.js';
import { readTerraform } from './terraform-language.js';

const host = 'www.example.com.' as RecordName;
const apex = 'example.com.' as RecordName;

function rawRecord(type: string, values: readonly string[], ttl: number, name: RecordName = apex): RecordSet {
  return { ...textRecord(name, '', ttl), type, values };
}

const soa = rawRecord(
  'SOA',
  ['ns-1.awsdns-1.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400'],
  900,
);
const nameServers = rawRecord('NS', ['ns-1.awsdns-1.org.', 'ns-2.awsdns-2.co.uk.'], 172_800);

function pair(share: number): readonly RecordSet[] {
  const member = { name: host, ttl: 60 };
  return [
    weightedCname({
      ...member,
      target: 'x.herokudns.com',
      setIdentifier: 'shift-source',
      weight: 100 - share,
    }),
    weightedCname({
      ...member,
      target: 'alb.elb.amazonaws.com',
      setIdentifier: 'shift-target',
      weight: share,
      healthCheckId: 'abcdef11-2222-3333-4444-555555fedcba',
    }),
  ];
}

function alias(type: 'A' | 'AAAA'): RecordSet {
  return {
    ...rawRecord(type, [], 0, host),
    ttl: null,
    alias: {
      hostedZoneId: 'Z32O12XQLNTSW2',
      dnsName: 'dualstack.alb.elb.amazonaws.com.',
      evaluateTargetHealth: false,
    },
  };
}

function marker(state: Marker['state']): readonly RecordSet[] {
  const seed = { generation: 3, intentId: 'i1', head: 'h', due: instant(0), hosts: [host] };
  return [markerRecord(host, { ...seed, migrationId: 'www-1', state }, 60)];
}

function zone(records: readonly RecordSet[], markers: readonly RecordSet[] = []): ExportedZone {
  return { id: 'Z1', name: apex, apex: [soa, nameServers], hosts: [{ host, records, marker: markers }] };
}

/** Values that would end a quoted string or begin a template if they were written as they are. */
const hostile = textRecord(host, '"say \\"hi\\" ${var.x} %{if} ; \\\\052" "caf\\303\\251"', 60);

const samples: readonly (readonly [string, ExportedZone])[] = [
  ['a plain record after finalize', zone([plainCname(host, 'alb.elb.amazonaws.com', 300)], marker('ended'))],
  ['the weighted pair of a running migration', zone(pair(25), marker('live'))],
  ['an alias with both families', zone([alias('A'), alias('AAAA')])],
  ['hostile values', zone([rawRecord('A', ['192.0.2.1', '192.0.2.2'], 60, host), hostile])],
  ['nothing', zone([])],
];

/** Runs a checker of somebody else's; says why it was left out where there is none. */
function check(command: string, args: readonly string[], text: string, fileName: string): string {
  const isThere = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
  if (!isThere) {
    process.stdout.write(`${command} is not installed here, so its view of the text is not asked for\n`);
    return '';
  }
  const folder = mkdtempSync(join(tmpdir(), 'shift-export-'));
  try {
    const file = join(folder, fileName);
    writeFileSync(file, text);
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
    return execFileSync(command, [...args, file], { encoding: 'utf8', cwd: folder, env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The provider is a download of hundreds of megabytes, so it is asked only where a copy is at hand, in the folder that Terraform's
 * own variable names.
 */
function validate(text: string): string | null {
  const plugins = process.env['TF_PLUGIN_CACHE_DIR'] ?? '';
  if (plugins === '') {
    process.stdout.write('TF_PLUGIN_CACHE_DIR names no provider, so terraform validate is left out\n');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'shift-export-'));
  try {
    const needed = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n';
    writeFileSync(join(folder, 'main.tf'), needed + text);
    const run = (...args: readonly string[]): string =>
      execFileSync('terraform', args, { cwd: folder, encoding: 'utf8' });
    run('init', '-no-color', `-plugin-dir=${plugins}`);
    return run('validate', '-no-color');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The arguments of the provider's "Resource: aws_route53_record" that an export has a use for. */
const documented = z.strictObject({
  zone_id: z.string(),
  name: z.string(),
  type: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
  ttl: z.int().optional(),
  records: z.array(z.string()).min(1).optional(),
  set_identifier: z.string().optional(),
  health_check_id: z.string().optional(),
  weighted_routing_policy: z.tuple([z.strictObject({ weight: z.int() })]).optional(),
  alias: z
    .tuple([z.strictObject({ name: z.string(), zone_id: z.string(), evaluate_target_health: z.boolean() })])
    .optional(),
});

function recordArguments(resource: unknown): readonly z.infer<typeof documented>[] {
  const { aws_route53_record: blocks } = z
    .strictObject({ aws_route53_record: z.record(z.string(), z.tuple([documented])) })
    .parse(resource ?? { aws_route53_record: {} });
  return Object.values(blocks).map(([block]) => block);
}

/** Zone, name, type and set identifier as the provider takes an import id apart: the first part that is a type divides it. */
function idParts(id: string): readonly string[] {
  const [, zoneId = '', name = '', type = '', setIdentifier = ''] =
    /^([^_]*)_(.*?)_(A|AAAA|CNAME|TXT)(?:_(.*))?$/.exec(id) ?? [];
  return [zoneId, name, type, setIdentifier];
}

describe('the Terraform text', () => {
  test('of a finished migration owns what stands there, and leaves the marker to forget', () => {
    expect(`\n${terraformText(samples[0]?.[1] ?? zone([]))}`).toMatchInlineSnapshot(`
      "
      # Records of example.com (Z1) as they now stand.
      # The import blocks may be removed after the next terraform apply.

      # TXT _shift.www.example.com is the marker of migration www-1, which has ended, and is left out: shiftctl forget removes it.

      import {
        to = aws_route53_record.www_example_com_cname
        id = "Z1_www.example.com_CNAME"
      }

      resource "aws_route53_record" "www_example_com_cname" {
        zone_id = "Z1"
        name    = "www.example.com"
        type    = "CNAME"
        ttl     = 300
        records = ["alb.elb.amazonaws.com."]
      }
      "
    `);
  });

  test('of a weighted pair names each member in its import id, with its weight and health check', () => {
    expect(`\n${terraformText(zone(pair(25), marker('live')))}`).toMatchInlineSnapshot(`
      "
      # Records of example.com (Z1) as they now stand.
      # The import blocks may be removed after the next terraform apply.

      # Migration www-1 is under way: these records change with its next stage.
      # TXT _shift.www.example.com is its marker and is left out: every write replaces it.

      import {
        to = aws_route53_record.www_example_com_cname_shift_source
        id = "Z1_www.example.com_CNAME_shift-source"
      }

      resource "aws_route53_record" "www_example_com_cname_shift_source" {
        zone_id        = "Z1"
        name           = "www.example.com"
        type           = "CNAME"
        ttl            = 60
        set_identifier = "shift-source"
        records        = ["x.herokudns.com."]

        weighted_routing_policy {
          weight = 75
        }
      }

      import {
        to = aws_route53_record.www_example_com_cname_shift_target
        id = "Z1_www.example.com_CNAME_shift-target"
      }

      resource "aws_route53_record" "www_example_com_cname_shift_target" {
        zone_id         = "Z1"
        name            = "www.example.com"
        type            = "CNAME"
        ttl             = 60
        set_identifier  = "shift-target"
        health_check_id = "abcdef11-2222-3333-4444-555555fedcba"
        records         = ["alb.elb.amazonaws.com."]

        weighted_routing_policy {
          weight = 25
        }
      }
      "
    `);
  });

  test('of an alias has its block instead of TTL and values', () => {
    expect(`\n${terraformText(zone([alias('A')]))}`).toMatchInlineSnapshot(`
      "
      # Records of example.com (Z1) as they now stand.
      # The import blocks may be removed after the next terraform apply.

      import {
        to = aws_route53_record.www_example_com_a
        id = "Z1_www.example.com_A"
      }

      resource "aws_route53_record" "www_example_com_a" {
        zone_id = "Z1"
        name    = "www.example.com"
        type    = "A"

        alias {
          name                   = "dualstack.alb.elb.amazonaws.com"
          zone_id                = "Z32O12XQLNTSW2"
          evaluate_target_health = false
        }
      }
      "
    `);
  });

  test('escapes what the language would read as its own', () => {
    const text = terraformText(zone([hostile]));
    expect(text).toContain('$${var.x} %%{if}');
    expect(text).toContain('say \\\\\\"hi\\\\\\"');
    expect(text).not.toMatch(/[^$]\$\{/);
  });

  test('leaves out a routing policy that it does not know, by name', () => {
    const foreign = {
      ...plainCname(host, 'x.example.net', 60),
      setIdentifier: 'eu',
      foreignRouting: 'Region',
    };
    const text = terraformText(zone([foreign]));
    expect(text).toContain('# Left out: CNAME with Region.');
    expect(text).not.toContain('resource');
    expect(text).not.toContain('import');
  });

  test('is read by the language as the very values that stand in the zone', () => {
    const addresses = rawRecord('A', ['192.0.2.1', '192.0.2.2'], 60, host);
    expect(readTerraform(terraformText(zone([...pair(25), addresses, hostile])))).toEqual({
      import: [
        ['cname_shift_source', 'CNAME_shift-source'],
        ['cname_shift_target', 'CNAME_shift-target'],
        ['a', 'A'],
        ['txt', 'TXT'],
      ].map(([label, id]) => ({
        to: `\${aws_route53_record.www_example_com_${label}}`,
        id: `Z1_www.example.com_${id}`,
      })),
      resource: {
        aws_route53_record: {
          www_example_com_cname_shift_source: [
            {
              ...{ zone_id: 'Z1', name: 'www.example.com', type: 'CNAME', ttl: 60 },
              set_identifier: 'shift-source',
              records: ['x.herokudns.com.'],
              weighted_routing_policy: [{ weight: 75 }],
            },
          ],
          www_example_com_cname_shift_target: [
            {
              ...{ zone_id: 'Z1', name: 'www.example.com', type: 'CNAME', ttl: 60 },
              set_identifier: 'shift-target',
              health_check_id: 'abcdef11-2222-3333-4444-555555fedcba',
              records: ['alb.elb.amazonaws.com.'],
              weighted_routing_policy: [{ weight: 25 }],
            },
          ],
          www_example_com_a: [
            {
              ...{ zone_id: 'Z1', name: 'www.example.com', type: 'A', ttl: 60 },
              records: ['192.0.2.1', '192.0.2.2'],
            },
          ],
          www_example_com_txt: [
            {
              ...{ zone_id: 'Z1', name: 'www.example.com', type: 'TXT', ttl: 60 },
              // The provider puts the outer quotes on again.
              records: [hostile.values[0]?.slice(1, -1)],
            },
          ],
        },
      },
    });
  });

  test.each(samples)('of %s has only arguments that the provider documents', (_what, sample) => {
    const { import: imports, resource } = readTerraform(terraformText(sample));
    const records = recordArguments(resource);
    for (const block of records) expect(documented.safeParse(block).error).toBeUndefined();
    const ids = z.array(z.object({ id: z.string() })).parse(imports ?? []);
    expect(ids.map(({ id }) => idParts(id))).toEqual(
      records.map(({ zone_id, name, type, set_identifier }) => [zone_id, name, type, set_identifier ?? '']),
    );
  });

  test.each(samples)('of %s is what terraform fmt would write', (_what, sample) => {
    expect(check('terraform', ['fmt', '-check', '-diff'], terraformText(sample), 'main.tf')).toBe('');
  });

  test('is valid to the provider', () => {
    const said = validate(terraformText(zone([...pair(25), alias('AAAA'), hostile])));
    if (said !== null) expect(said).toContain('The configuration is valid');
  });
});

describe('the zone file', () => {
  test('of a weighted pair tells the weights in comments and lets the heavier member stand', () => {
    expect(`\n${zoneFileText(zone(pair(75), marker('live')))}`).toMatchInlineSnapshot(`
      "
      ; Records of example.com (Z1) as they now stand.
      $ORIGIN example.com.
      example.com. 900 IN SOA ns-1.awsdns-1.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400
      example.com. 172800 IN NS ns-1.awsdns-1.org.
      example.com. 172800 IN NS ns-2.awsdns-2.co.uk.

      ; Migration www-1 is under way: these records change with its next stage.
      ; TXT _shift.www.example.com is its marker and is left out: every write replaces it.
      ; A master file has no weights; the member with the most weight stands for:
      ; CNAME shift-target weight 75 -> alb.elb.amazonaws.com. (ttl 60s) (health check abcdef11-2222-3333-4444-555555fedcba)
      ; CNAME shift-source weight 25 -> x.herokudns.com. (ttl 60s)
      www.example.com. 60 IN CNAME alb.elb.amazonaws.com.
      "
    `);
  });

  test('of an alias says that it has no form there', () => {
    const text = zoneFileText(zone([alias('A')]));
    expect(text).toContain(
      '; No form in a master file: www.example.com A -> alias dualstack.alb.elb.amazonaws.com.',
    );
    expect(text).not.toMatch(/^www/m);
  });

  test('writes octal escapes as the decimal ones of a master file, and escaped backslashes as they are', () => {
    const wild = { ...plainCname('\\052.a\\100b.example.com.' as RecordName, 'x.example.net', 60) };
    const text = zoneFileText({
      ...zone([hostile]),
      hosts: [{ host, records: [wild, hostile], marker: [] }],
    });
    expect(text).toContain('*.a\\064b.example.com. 60 IN CNAME x.example.net.');
    expect(text).toContain('\\\\052" "caf\\195\\169"');
  });

  test.each(samples)('of %s is loaded by named-checkzone', (_what, sample) => {
    const said = check('named-checkzone', ['-k', 'fail', 'example.com'], zoneFileText(sample), 'zone');
    if (said !== '') expect(said).toContain('OK');
  });
});
