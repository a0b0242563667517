import { expect, test } from 'vitest';
import { planLines } from '../../../src/cli/render/plan-view.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import type { RecordName } from '../../../src/core/record-name.js';
import { plainCname, type RecordSet } from '../../../src/core/record-set.js';
import { builtInPolicy, hostPlan, Journey, planOf, startedAt } from './journey.js';

const standard = builtInPolicy('standard');

function shown(plan: MigrationPlan): string {
  return `\n${planLines(plan).join('\n')}\n`;
}

test('everything that would happen, by the standard policy', () => {
  expect(shown(planOf([hostPlan('www.shop.test')], standard))).toMatchInlineSnapshot(`
    "
    plan       www-shop-test-7c1f0a, made by alice at 2026-11-20 18:42:00
    zone       shop.test (Z0PLUMTREE), 4 name servers
    policy     standard

    host       www.shop.test
    from       heroku:shop, which is whispering-willow-1.herokudns.com
    to         aws:shop-alb-1234567890.eu-west-1.elb.amazonaws.com
    now        CNAME -> whispering-willow-1.herokudns.com. (ttl 5s)
    in the end CNAME -> shop-alb-1234567890.eu-west-1.elb.amazonaws.com. (ttl 5s)

    calendar   EARLIEST     STEP       WEIGHTS  THEN
               +0s          take over  100 / 0  no traffic moves; settles 35s
               +35s         10%        90 / 10  settles 1m30s, watched 30m
               +32m5s       25%        75 / 25  settles 1m30s, watched 30m
               +1h3m35s     50%        50 / 50  settles 1m30s, watched 30m
               +1h35m5s     100%       0 / 100  settles 1m30s, watched 1d
               +1d1h36m35s  finalize   none     settles 1m30s
               +1d1h38m5s   completed
               Weights: source / target. Settling: the replaced TTL and a tail pass.
               Route 53 adds up to a minute to each step.
               A gate may hold a stage 1h longer; then a person is asked.

    writes     CNAME www.shop.test: the pair shift-source and shift-target, TTL 60s
               TXT _shift.www.shop.test: a marker that says who moves it
               Nothing else; refused when something unexpected stands there.

    roll back  shiftctl rollback www.shop.test
               At any time. One write points every host at its source again.
               Caches that keep to the TTL have forgotten the target 1m30s later.
    by itself  when the target fails 3 of 6 probes and the source is no worse
    "
  `);
});

test('the forecast is what really happens when nothing is slower', () => {
  const journey = new Journey().until(({ phase }) => phase.phase === 'completed');
  const forecast = /\+(\d+)s +completed/.exec(shown(journey.state.plan))?.[1];
  const tookSeconds = (journey.now - startedAt) / 1000;
  // Six changes take up to three more ticks each to be seen everywhere.
  expect(Number(forecast)).toBeLessThan(tookSeconds);
  expect(Number(forecast)).toBeGreaterThan(tookSeconds - 6 * 3);
});

test('several hosts are each shown, with all names that are written', () => {
  const text = shown(planOf([hostPlan('www.shop.test'), hostPlan('api.shop.test', 'api')], standard));
  expect(text).toContain('host       www.shop.test\nfrom       heroku:shop,');
  expect(text).toContain('host       api.shop.test\nfrom       heroku:api,');
  expect(text).toContain('writes     CNAME www.shop.test, api.shop.test:');
  expect(text).toContain('TXT _shift.www.shop.test, _shift.api.shop.test:');
});

test('the take-over waits for the longest TTL that stands there; an alias has one of a minute', () => {
  const plan = planOf([hostPlan('www.shop.test')], standard);
  const withRecord = (record: RecordSet): MigrationPlan => ({
    ...plan,
    originals: plan.originals.map((image) => ({ ...image, records: [record] })),
  });
  const name = 'www.shop.test.' as RecordName;
  const cname = plainCname(name, 'x.herokudns.com.', 3600);
  expect(shown(withRecord(cname))).toContain('no traffic moves; settles 1h30s\n');
  const alias = {
    ...cname,
    type: 'A',
    ttl: null,
    values: [],
    alias: { hostedZoneId: 'Z35', dnsName: 'lb.elb.amazonaws.com.', evaluateTargetHealth: false },
  };
  const text = shown(withRecord(alias));
  expect(text).toContain('no traffic moves; settles 1m30s\n');
  expect(text).toContain('now        A -> alias lb.elb.amazonaws.com.\n');
  expect(text).toContain('deletes    A www.shop.test: the pair takes its place\n');
});

test('what a gate does after its longest hold follows the policy', () => {
  const plan = planOf([hostPlan('www.shop.test')], standard);
  const rollsBack = {
    ...plan,
    policy: { ...standard, gate: { ...standard.gate, onAsk: 'rollback' as const } },
  };
  expect(shown(plan)).toContain('1h longer; then a person is asked.');
  expect(shown(rollsBack)).toContain('1h longer; then it is rolled back.');
});

test('a plan for the lab says so, another does not', () => {
  expect(shown(new Journey().state.plan)).toMatch(/^\nLAB /);
  expect(shown(planOf([hostPlan('www.shop.test')], standard))).not.toContain('LAB');
});

test('what stands in the zone cannot command the terminal', () => {
  const plan = planOf([hostPlan('www.shop.test')], standard);
  const record = plainCname('www.shop.test.' as RecordName, 'x.test', 60);
  const hostile = { ...record, values: ['evil\u001b[2J\u202e\nname'] };
  const text = planLines({ ...plan, originals: [{ host: record.name, records: [hostile], marker: [] }] });
  expect(text.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text.join('\n')).toContain('CNAME -> evil name (ttl 60s)');
});

test('where users are counted, the plan of a group says what rolls back all of it', () => {
  const metrics = { queries: [], gauges: [], sharedTarget: false };
  const hosts = ['www.shop.test', 'api.shop.test'].map((name) => ({ ...hostPlan(name), metrics }));
  const text = shown(planOf(hosts, standard)).replace(/\s+/g, ' ');
  expect(text).toContain('fare worse at the target of one host (evidence of 200 : 1)');
  expect(text).toContain('The hosts move together: all of them go back, and a stage is left by all at once.');
});

test('where users are counted, the plan says what rolls it back', () => {
  const metrics = { queries: [], gauges: [], sharedTarget: false };
  const text = shown(planOf([{ ...hostPlan('www.shop.test'), metrics }], standard));
  expect(text.replace(/\s+/g, ' ')).toContain(
    'by itself when users fare worse at the target (evidence of 100 : 1) or none of its last 6 probes is answered, and the source is alive',
  );
});
