import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { besideCode } from '../../src/core/beside-code.js';
import { readTerraform } from './export/terraform-language.js';
import { builtInPolicy, hostPlan, planOf } from '../cli/render/journey.js';

const standard = builtInPolicy('standard');

function lines(...hosts: readonly string[]): readonly string[] {
  const plans = hosts.map((host) => hostPlan(host));
  return besideCode(planOf(plans, standard));
}

/** The indented lines after the one that begins so, as they would be copied. */
function copied(all: readonly string[], heading: string): string {
  const from = all.findIndex((line) => line.startsWith(heading)) + 1;
  const rest = all.slice(from);
  const end = rest.findIndex((line) => line === '');
  return rest
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.slice(2))
    .join('\n');
}

describe('beside infrastructure as code', () => {
  test('one host', () => {
    expect(`\n${lines('www.shop.test').join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Beside infrastructure as code
      Code that knows these records would put the old ones back. Take them out of its
      care until the migration has ended:

      Terraform 1.7 or later, in place of the resource of www.shop.test:
        removed {
          from = aws_route53_record.www_shop_test # as your code calls it
          lifecycle {
            destroy = false
          }
        }
        Before 1.7: terraform state rm, and no resource. ignore_changes is not enough:
        to Terraform the weighted pair is not the record that it knows.

      CloudFormation: add this to the AWS::Route53::RecordSet and update the stack;
      then take the resource out of the template and update the stack again:
        DeletionPolicy: Retain

      octoDNS, in its configuration:
        processors:
          shift:
            class: octodns.processor.filter.NameRejectlistFilter
            rejectlist:
              - www
              - _shift.www
              - _shift-test.www
        zones:
          shop.test.:
            processors: [shift]

      dnscontrol, in D("shop.test", ...) in place of the record itself:
        IGNORE("www", "CNAME,A,AAAA,R53_ALIAS"),
        IGNORE("_shift.www", "TXT"),
        IGNORE("_shift-test.www", "TXT"),

      Afterwards this prints the records as they then stand, with import blocks:
        shiftctl export www.shop.test --as terraform
      "
    `);
  });

  test('fits into 80 columns', () => {
    expect(lines('www.shop.test', 'api.shop.test').filter(({ length }) => length > 80)).toEqual([]);
  });

  test('octoDNS leaves every name of every host alone, in YAML that it can read', () => {
    const config = parse(copied(lines('www.shop.test', 'a.b.shop.test'), 'octoDNS')) as unknown;
    expect(config).toEqual({
      processors: {
        shift: {
          class: 'octodns.processor.filter.NameRejectlistFilter',
          rejectlist: ['www', '_shift.www', '_shift-test.www', 'a.b', '_shift.a.b', '_shift-test.a.b'],
        },
      },
      zones: { 'shop.test.': { processors: ['shift'] } },
    });
  });

  test('dnscontrol is given arguments of D() that JavaScript can read', () => {
    const call = `D("shop.test", REG, ${copied(lines('www.shop.test'), 'dnscontrol')})`;
    const { diagnostics = [] } = ts.transpileModule(call, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
    expect(call).toContain('IGNORE("_shift.www", "TXT")');
  });

  test('Terraform is given a block that its language and its own formatter take as it is', () => {
    const block = copied(lines('www.shop.test'), 'Terraform').split('\n  Before')[0] ?? '';
    const text = `${block
      .split('\n')
      .filter((line) => !/^(Before|to Terraform)/.test(line))
      .join('\n')}\n`;
    expect(readTerraform(text)).toEqual({
      removed: [{ from: '${aws_route53_record.www_shop_test}', lifecycle: [{ destroy: false }] }],
    });
    if (spawnSync('sh', ['-c', 'command -v terraform']).status !== 0) {
      process.stdout.write('terraform is not installed here, so its view of the block is not asked for\n');
      return;
    }
    const env = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
    const { stdout, status } = spawnSync('terraform', ['fmt', '-'], { input: text, encoding: 'utf8', env });
    expect({ stdout, status }).toEqual({ stdout: text, status: 0 });
  });
});
