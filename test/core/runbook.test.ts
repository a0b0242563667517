import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { runbook, type RunbookInput } from '../../src/core/runbook/runbook.js';
import { instant } from '../../src/core/time.js';
import { builtInPolicy, hostPlan, planOf, startedAt } from '../cli/render/journey.js';

const standard = builtInPolicy('standard');

function page(change: Partial<RunbookInput> = {}): readonly string[] {
  return runbook({
    plan: planOf([hostPlan('www.shop.test')], standard),
    state: { phase: { phase: 'completed', at: instant(0) }, share: 100 },
    at: startedAt,
    spell: (at) => `moment ${at - startedAt}`,
    stateDirectory: '/var/lib/shift',
    machine: 'ctrl-1',
    dnsPort: 53,
    ...change,
  });
}

/** What a shell is given when the blocks of commands are copied. */
function commandsOf(lines: readonly string[]): readonly string[] {
  const blocks = lines.join('\n').matchAll(/^```sh\n(.*?)\n```$/gms);
  return [...blocks].flatMap(([, block = '']) => block.replace(/ \\\n {2}/g, ' ').split('\n'));
}

describe('the runbook', () => {
  test('fault 55: names where a source is that has moved, because the zone may tell the old name alone', () => {
    const host = hostPlan('www.shop.test');
    const source = { ...host.source, dnsName: 'new-target-9.herokudns.com.' };
    const moved = { ...host, source, formerSources: [host.source.dnsName] };
    const text = page({ plan: planOf([moved], standard) })
      .join(' ')
      .replace(/\s+/g, ' ');
    expect(text).toContain('For www.shop.test add --to new-target-9.herokudns.com: its source has left ');
    expect(text).toContain('www.shop.test is back when every answer is new-target-9.herokudns.com');
    expect(page().join()).not.toContain('add --to new-target');
  });

  test('of a migration as it stands', () => {
    expect(`\n${page().join('\n')}\n`).toMatchInlineSnapshot(`
      "
      # Runbook: www.shop.test

      This migration moves a live host name from one side to the other in stages, with
      weighted records in Route 53. When this page was made it was in phase completed
      with 100% at the target. Made at moment 0.

      ## What it is

      - migration: www-shop-test-7c1f0a
      - started by: alice, moment 0
      - zone: shop.test, id Z0PLUMTREE
      - www.shop.test: from heroku:shop (whispering-willow-1.herokudns.com) to
        aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
      - policy: standard; TTL 60s while it runs
      - journal: /var/lib/shift, seen from ctrl-1

      | at the target | weights source / target | watched at least |
      | --- | --- | --- |
      | 10% | 90 / 10 | 30m |
      | 25% | 75 / 25 | 30m |
      | 50% | 50 / 50 | 30m |
      | 100% | 0 / 100 | 1d |

      ## Look

      On the computer that has the journal: where it is, why, and what happened.

      \`\`\`sh
      shiftctl --state-dir /var/lib/shift status www.shop.test
      shiftctl --state-dir /var/lib/shift status www.shop.test --why
      shiftctl --state-dir /var/lib/shift history www.shop.test
      \`\`\`

      ## Roll back

      At any time, completed included. Take the first way that works; each of them may
      be repeated.

      1. On the computer that has the journal:

      \`\`\`sh
      shiftctl --state-dir /var/lib/shift rollback www.shop.test
      \`\`\`

      2. Anywhere with AWS credentials for the zone, without the journal:

      \`\`\`sh
      shiftctl rollback www.shop.test --no-state --zone Z0PLUMTREE
      \`\`\`

      If it says that the zone does not tell the old side any more, add --to
      whispering-willow-1.herokudns.com.

      3. Without this program, with the AWS CLI, from two files. First all traffic to
      the source:

      \`\`\`sh
      AWS_MAX_ATTEMPTS=1 aws --region us-east-1 route53 \\
        change-resource-record-sets --hosted-zone-id Z0PLUMTREE --change-batch \\
        file:///var/lib/shift/break-glass/www-shop-test-7c1f0a/drain.json
      \`\`\`

      When that was accepted, the plain record. It is refused as a whole when anything
      has changed meanwhile, which is harmless: all traffic stays on the source.

      \`\`\`sh
      AWS_MAX_ATTEMPTS=1 aws --region us-east-1 route53 \\
        change-resource-record-sets --hosted-zone-id Z0PLUMTREE --change-batch \\
        file:///var/lib/shift/break-glass/www-shop-test-7c1f0a/collapse.json
      \`\`\`

      After any error or timeout look at what stands there before trying again:

      \`\`\`sh
      aws --region us-east-1 route53 list-resource-record-sets --hosted-zone-id \\
        Z0PLUMTREE
      \`\`\`

      ## Did it work?

      Ask every name server of the zone:

      \`\`\`sh
      dig +short CNAME www.shop.test @ns-7.awsdns-01.example
      dig +short CNAME www.shop.test @ns-519.awsdns-01.example
      dig +short CNAME www.shop.test @ns-1033.awsdns-01.example
      dig +short CNAME www.shop.test @ns-1540.awsdns-01.example
      \`\`\`

      - www.shop.test is back when every answer is whispering-willow-1.herokudns.com,
        and not yet while one is shop-alb-1234567890.eu-west-1.elb.amazonaws.com; ask
        again a few times, the answers are drawn by weight
      - no answer at all means that the host stands there as an alias: ask for A
        instead of CNAME
      - caches that keep to the TTL follow within 1m30s

      ## What the words mean

      - planned: nothing has been written yet
      - taking-over: the old record is being replaced by the weighted pair; no traffic
        moves
      - settling: a change is on its way to name servers and caches; wait
      - shifting: the next share is being written; wait
      - observing: both sides are watched and compared; nothing to do
      - waiting: a person is asked: approve, resume or rollback
      - finalizing: the plain record to the target is being written; wait
      - completed: everything is at the target; rollback still works
      - rolling-back: everything is going back to the source; wait, or apply
        drain.json
      - draining: the source has it all back; caches are still forgetting the target
      - rolled-back: everything is at the source; nothing more will happen by itself
      - halted: the records are not as they were left; look at history, then rollback
      - adopting: what a person confirmed is being written; wait
      - restoring: the records of before the migration are being put back; wait
      - restored: the records are exactly as they were before the migration
      - forgetting: the marker is being removed; wait
      - forgotten: nothing of this migration is left in the zone

      Exit codes; 4 to 6 are told by \`status --exit-code\` and \`tick --exit-code\`:

      - 0: done
      - 1: internal error of the program
      - 2: invalid input
      - 3: a check refused, or a permission is missing
      - 4: rolled back
      - 5: waits for a person
      - 6: conflict: somebody else changed the records, or another controller did
      - 7: a provider cannot be reached
      - 8: interrupted; can be resumed
      "
    `);
  });

  test('has the three ways back, the file that drains before the one that collapses', () => {
    const commands = commandsOf(page());
    const apply =
      'AWS_MAX_ATTEMPTS=1 aws --region us-east-1 route53 change-resource-record-sets --hosted-zone-id Z0PLUMTREE --change-batch file:///var/lib/shift/break-glass/www-shop-test-7c1f0a/';
    expect(commands.filter((line) => /rollback|change-batch/.test(line))).toEqual([
      'shiftctl --state-dir /var/lib/shift rollback www.shop.test',
      'shiftctl rollback www.shop.test --no-state --zone Z0PLUMTREE',
      `${apply}drain.json`,
      `${apply}collapse.json`,
    ]);
  });

  test('asks every name server, at the port of a lab too', () => {
    const digs = commandsOf(page({ dnsPort: 5300 })).filter((line) => line.startsWith('dig'));
    expect(digs).toHaveLength(4);
    expect(digs[0]).toBe('dig +short -p 5300 CNAME www.shop.test @ns-7.awsdns-01.example');
  });

  test('before the start says that there is no id and no file yet', () => {
    const text = page({ state: null }).join(' ').replace(/ +/g, ' ');
    expect(text).toContain('It has not begun.');
    expect(text).toContain('gets its id when it begins');
    expect(text).not.toContain('www-shop-test-7c1f0a');
    expect(text).toContain('written when the migration begins');
  });

  test('is plain text of 80 columns, but for single words that are longer', () => {
    const many = Array.from({ length: 6 }, (_, index) => hostPlan(`a-rather-long-name-${index}.shop.test`));
    const lines = page({ plan: planOf(many, standard) });
    for (const line of lines.filter(({ length }) => length > 80)) expect(line.trim()).not.toMatch(/ [^\\]/);
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  test('has only commands that a shell can read, in a folder with any name', () => {
    const commands = commandsOf(page({ stateDirectory: "/home/o'neil/my state; rm -rf $HOME" }));
    const echo = commands.map((line) => `set -- ${line.replace(/^AWS_MAX_ATTEMPTS=1 /, '')}; echo "$#"`);
    const { stdout, status } = spawnSync('sh', ['-eu', '-c', echo.join('\n')], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(commands.length);
    expect(stdout).toMatch(/^5\n/);
  });

  test('lets no name or person speak to the terminal', () => {
    const plan = { ...planOf([hostPlan('www.shop.test')], standard), by: 'eve\u001b[2J\u202e\nrm' };
    expect(page({ plan }).join('\n')).not.toMatch(/[\u001b\u202e]/);
  });
});
