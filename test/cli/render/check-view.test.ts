import { expect, test } from 'vitest';
import { firstObjection } from '../../../src/cli/clear-checks.js';
import { checkLines, startOutlook } from '../../../src/cli/render/check-view.js';
import type { Check } from '../../../src/engine/check.js';

const checks: readonly Check[] = [
  {
    name: 'zone',
    verdict: 'ok',
    fact: 'shop.test is the public zone Z0PLUMTREE, served by 4 name servers',
    fix: null,
  },
  {
    name: 'target',
    verdict: 'warning',
    fact: '20 of 20 probes of the target passed, but its certificate ends in 3d',
    fix: 'renew it before the migration needs it',
  },
  {
    name: 'name servers',
    verdict: 'refused',
    fact: '1 of 4 name servers do not answer for www.shop.test: ns-7.awsdns-01.example',
    fix: 'check that DNS to them (UDP and TCP port 53) is allowed from here, and that the zone is delegated',
  },
];

test('each check has its verdict in a word, what was seen, and what to do in one piece', () => {
  expect(`\n${checkLines(checks, false).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ✔ ok       zone          shop.test is the public zone Z0PLUMTREE, served by 4
                             name servers
    ⚠ warning  target        20 of 20 probes of the target passed, but its
                             certificate ends in 3d
                             what to do: renew it before the migration needs it
    ✖ refused  name servers  1 of 4 name servers do not answer for www.shop.test:
                             ns-7.awsdns-01.example
                             what to do: check that DNS to them (UDP and TCP port
                                 53) is allowed from here, and that the zone is
                                 delegated
    "
  `);
});

test('colour adds nothing but colour', () => {
  const coloured = checkLines(checks, true);
  expect(coloured[0]).toContain('\u001b[32m✔ ok');
  expect(coloured.map((line) => line.replace(/\u001b\[\d*m/g, ''))).toEqual(checkLines(checks, false));
});

test("a server's words cannot command the terminal", () => {
  const fact = 'last: \u001b[31m503\u001b]0;title\u0007\nfake ✔ ok\u202e';
  expect(checkLines([{ name: 'target\n', verdict: 'refused', fact, fix: null }], false)).toEqual([
    '✖ refused  target  last: 503 fake ✔ ok',
  ]);
});

test('no checks, no lines', () => {
  expect(checkLines([], false)).toEqual([]);
});

test('what start would do names a lack of permission, and whether it is all that is wrong', () => {
  const lacking: Check = {
    name: 'permissions',
    verdict: 'refused',
    fact: 'route53:ChangeResourceRecordSets is missing for CREATE',
    fix: 'attach it',
  };
  const [passed] = checks;
  expect(startOutlook(passed === undefined ? [] : [passed])).toBe('To begin: the same line with start.');
  expect(startOutlook(checks)).toBe('start would refuse until the checks above pass.');
  expect(startOutlook([lacking])).toContain('start would be refused for lack of permission alone');
  expect(startOutlook([...checks, lacking])).toContain('refused for lack of permission, among others');
});

test('what could not be told is neither ok nor refused, and start would wait for it', () => {
  const unknown: Check = {
    name: 'source',
    verdict: 'unknown',
    fact: 'this machine was too busy to tell',
    fix: null,
  };
  const [passed] = checks;
  const seen = passed === undefined ? [unknown] : [passed, unknown];
  expect(checkLines([unknown], false)).toEqual(['? unknown  source  this machine was too busy to tell']);
  expect(startOutlook(seen)).toBe('start would refuse while it is unknown whether the checks above pass.');
  expect(firstObjection(seen)).toBe(unknown);
  expect(firstObjection([unknown, ...checks])?.verdict).toBe('refused');
  expect(firstObjection(passed === undefined ? [] : [passed])).toBeNull();
});
