import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/core/certificate.js';
import type { AddressFamily, ProbeOutcome, ProbeReport, SideName } from '../../src/core/probe.js';
import { instant } from '../../src/core/time.js';
import type { Check } from '../../src/engine/check.js';
import { sideChecks } from '../../src/engine/side-checks.js';
import { host as hostNamed, planOf, policy, www } from '../core/story.js';

const now = instant(Date.UTC(2026, 10, 20, 18, 42));
const dayMs = 86_400_000;
const plan = planOf();

type Seen = Partial<ProbeOutcome>;

const ok: Seen = { result: 'ok', because: '200 in 5 ms' };
const bad: Seen = { result: 'failed', because: '503, expected 200' };
const noRoute: Seen = {
  result: 'unknown',
  because: 'this machine has no route (ENETUNREACH)',
  noRoute: true,
};

function outcomes(seen: Seen, count: number, family?: AddressFamily): ProbeOutcome[] {
  return Array.from({ length: count }, () => ({
    at: now,
    result: 'ok',
    because: '',
    status: null,
    latencyMs: null,
    certificateEndsAt: null,
    ...(family !== undefined && { family }),
    ...seen,
  }));
}

function report(side: SideName, found: readonly ProbeOutcome[], certificate?: Certificate): ProbeReport {
  return { host: www, side, outcomes: found, ...(certificate !== undefined && { certificate }) };
}

function checks(...reports: readonly ProbeReport[]): readonly Check[] {
  const [host] = plan.hosts;
  return host === undefined ? [] : sideChecks(plan, host, reports, now);
}

function targetCheck(...found: readonly ProbeOutcome[][]): Check | undefined {
  return checks(report('source', outcomes(ok, 2)), report('target', found.flat()))[1];
}

describe('the probes of a side before a start', () => {
  test('over one family say which, because clients may use the other', () => {
    expect(targetCheck(outcomes(ok, 20, 'ipv4'))).toEqual({
      name: 'target',
      verdict: 'ok',
      fact: '20 of 20 probes of the target over IPv4 alone passed (https://www.example.com:443/ through aws:my-alb-1.eu-west-1.elb.amazonaws.com)',
      fix: null,
    });
  });

  test('over both families are counted for each', () => {
    const check = targetCheck(outcomes(ok, 20, 'ipv4'), outcomes(ok, 20, 'ipv6'));
    expect(check?.verdict).toBe('ok');
    expect(check?.fact).toContain('20 of 20 probes of the target over IPv4 and 20 of 20 over IPv6 passed');
  });

  test('refuse a start when one family fails, with a fix that is about the family', () => {
    const check = targetCheck(outcomes(ok, 20, 'ipv4'), outcomes(bad, 20, 'ipv6'));
    expect(check?.verdict).toBe('refused');
    expect(check?.fact).toContain('and 0 of 20 over IPv6 passed');
    expect(check?.fact).toContain('first trouble: over IPv6 503, expected 200');
    expect(check?.fix).toContain('probes.families');
  });

  test('refuse a start when both families fail, with a fix that is about the question', () => {
    const check = targetCheck(outcomes(bad, 20, 'ipv4'), outcomes(bad, 20, 'ipv6'));
    expect(check?.fact).toContain('first trouble: 503, expected 200');
    expect(check?.fix).toContain('probes.expect');
  });

  test('leave a family out that this machine has no route for, and warn', () => {
    const check = targetCheck(outcomes(ok, 20, 'ipv4'), outcomes(noRoute, 20, 'ipv6'));
    expect(check?.verdict).toBe('warning');
    expect(check?.fact).toContain('20 of 20 probes of the target over IPv4 alone passed');
    expect(check?.fact).toContain('this machine has no route for it, so IPv6 is left out');
  });

  test('refuse a start when there is no route to any of its addresses, or a route only now and then', () => {
    const alone = targetCheck(outcomes(noRoute, 20, 'ipv6'));
    expect(alone?.verdict).toBe('refused');
    expect(alone?.fact).toContain('first trouble: this machine has no route');
    expect(targetCheck(outcomes(noRoute, 20, 'ipv4'), outcomes(noRoute, 20, 'ipv6'))?.verdict).toBe(
      'refused',
    );
    const mixed = targetCheck(
      outcomes(ok, 20, 'ipv4'),
      outcomes(noRoute, 19, 'ipv6'),
      outcomes(ok, 1, 'ipv6'),
    );
    expect(mixed?.verdict).toBe('refused');
  });

  const busy: Seen = { result: 'unknown', because: 'this machine was too busy to tell', tooBusy: true };

  test('are neither well nor a fault of the side where this machine was too busy to see the answers', () => {
    expect(targetCheck(outcomes(ok, 18), outcomes(busy, 2))).toEqual({
      name: 'target',
      verdict: 'unknown',
      fact: 'this machine was too busy to tell: 18 of 20 probes of the target passed (https://www.example.com:443/ through aws:my-alb-1.eu-west-1.elb.amazonaws.com), and of 2 it is not known',
      fix: 'run this again when the machine has less to do; it does not mean that anything is wrong with the side',
    });
    expect(targetCheck(outcomes(busy, 20))?.verdict).toBe('unknown');
    expect(targetCheck(outcomes(busy, 2, 'ipv4'), outcomes(noRoute, 20, 'ipv6'))?.verdict).toBe('unknown');
  });

  test('refuse a start for a failure that was seen, however busy this machine was beside it', () => {
    const check = targetCheck(outcomes(busy, 19), outcomes(bad, 1));
    expect(check?.verdict).toBe('refused');
    expect(check?.fact).toContain('first trouble: 503, expected 200');
  });

  test('refuse a start when none was made', () => {
    expect(checks().map(({ verdict }) => verdict)).toEqual(['refused', 'refused']);
    expect(targetCheck([])?.fact).toContain('first trouble: no probe was made');
  });

  test('name the path that this side is asked for', () => {
    const { probes, ...rest } = policy();
    const target = { path: '/version', everyMs: probes.everyMs, expect: probes.expect };
    const own = planOf({ policy: { ...rest, probes: { ...probes, target } } });
    const [host] = own.hosts;
    const found = host === undefined ? [] : sideChecks(own, host, [report('target', outcomes(ok, 2))], now);
    expect(found[1]?.fact).toContain('https://www.example.com:443/version through');
  });
});

describe('the certificates of both sides before a start', () => {
  const certificate = (days: number, issuer: string): Certificate => ({
    name: 'www.example.com',
    issuer,
    endsAt: instant(now + days * dayMs),
  });

  function certificateChecks(days: number): Check[] {
    return checks(
      report('source', outcomes(ok, 2), certificate(days, "Let's Encrypt")),
      report('target', outcomes(ok, 2), certificate(days, 'Amazon')),
    ).filter(({ name }) => name === 'certificate');
  }

  test('name everybody who signed, up to the root', () => {
    const chain = ['R11', 'ISRG Root X1'];
    const signed = { ...certificate(60, "Let's Encrypt"), chain };
    const [check] = checks(report('target', outcomes(ok, 2), signed)).filter(
      ({ name }) => name === 'certificate',
    );
    expect(check?.fact).toContain('signed by R11, by ISRG Root X1');
  });

  test('are told with their days, and how long a rollback to Heroku stays possible', () => {
    expect(certificateChecks(61)).toEqual([
      {
        name: 'certificate',
        verdict: 'ok',
        fact: "source: certificate www.example.com, Let's Encrypt, 61 days left; Heroku renews it only while DNS points there: rollback stays possible until 2027-01-20 18:42 UTC",
        fix: null,
      },
      {
        name: 'certificate',
        verdict: 'ok',
        fact: 'target: certificate www.example.com, Amazon, 61 days left',
        fix: null,
      },
    ]);
  });

  test('name their host in a group, which may share one', () => {
    const group = planOf({ names: [www, hostNamed('api.example.com')] });
    const wildcard = { ...certificate(60, 'Amazon'), name: '*.example.com' };
    const facts = group.hosts.flatMap((one) =>
      sideChecks(group, one, [{ ...report('target', outcomes(ok, 2), wildcard), host: one.host }], now)
        .filter(({ name }) => name === 'certificate')
        .map(({ fact }) => fact),
    );
    expect(facts).toEqual([
      'target of www.example.com: certificate *.example.com, Amazon, 60 days left',
      'target of api.example.com: certificate *.example.com, Amazon, 60 days left',
    ]);
  });

  test('fault 56: are a warning when they do not outlast the migration by two weeks', () => {
    const found = certificateChecks(14);
    expect(found.map(({ verdict }) => verdict)).toEqual(['warning', 'warning']);
    expect(found[0]?.fact).toContain('rollback stays possible until 2026-12-04 18:42 UTC');
    expect(found[0]?.fix).toContain('let Heroku renew it first');
    expect(found[1]?.fix).toBe('renew it before the migration needs it');
  });

  test('are left out where none was seen', () => {
    const without = checks(report('source', outcomes(ok, 2)), report('target', outcomes(ok, 2)));
    expect(without.map(({ name }) => name)).toEqual(['source', 'target']);
  });
});
