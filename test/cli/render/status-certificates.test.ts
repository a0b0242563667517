import { expect, test } from 'vitest';
import { statusView } from '../../../src/cli/render/status-view.js';
import type { CertificateClock } from '../../../src/core/certificate-clock.js';
import type { FamilyEvidence, SideEvidence } from '../../../src/core/gate/verdict.js';
import type { RecordName } from '../../../src/core/record-name.js';
import type { Status } from '../../../src/core/status.js';
import { instant, plus } from '../../../src/core/time.js';
import { hostPlan, isObserving, Journey } from './journey.js';

const dayMs = 86_400_000;
const now = instant(Date.UTC(2026, 10, 20, 18, 42));

/** The rows of probes and certificates, without what stands above and below. */
function rows(change: Partial<Status>, hosts: readonly string[] = ['www.shop.test']): string {
  const journey = new Journey(hosts.map((host) => hostPlan(host))).until(isObserving(25));
  const lines = statusView({ ...journey.status(), ...change }, { columns: 80, hasColor: false, now });
  const from = lines.findIndex((line) => /^(source {5}|HOST)/.test(line));
  const to = lines.findIndex((line) => line.startsWith('roll back'));
  return `\n${lines.slice(from, to).join('\n')}`;
}

function clock(change: Partial<CertificateClock> = {}): CertificateClock {
  const endsAt = plus(now, 61 * dayMs);
  return {
    host: 'www.shop.test.' as RecordName,
    side: 'source',
    name: 'www.shop.test',
    issuer: "Let's Encrypt",
    endsAt,
    rollbackUntil: endsAt,
    isShort: false,
    ...change,
  };
}

const ofTarget = clock({ side: 'target', name: '*.shop.test', issuer: 'Amazon', rollbackUntil: null });

test('each side shows its certificate, and the source how long a rollback stays possible', () => {
  expect(rows({ certificates: [clock(), ofTarget] })).toMatchInlineSnapshot(`
    "
    source     ✔ passing    6 ok
               certificate www.shop.test, Let's Encrypt, 61 days left
               Heroku renews it only while DNS points there: rollback stays possible
               until 2027-01-20 18:42:00
    target     ✔ passing    6 ok
               certificate *.shop.test, Amazon, 61 days left
    "
  `);
});

test('a certificate that ends too soon says so in words', () => {
  const soon = clock({ endsAt: plus(now, 2 * dayMs), isShort: true, rollbackUntil: plus(now, 2 * dayMs) });
  expect(rows({ certificates: [soon] })).toContain(
    "           ⚠ ends soon: certificate www.shop.test, Let's Encrypt, 2 days left\n",
  );
});

test('of several hosts only the certificate that ends first is shown for each side', () => {
  const hosts = ['www.shop.test', 'api.shop.test'];
  const first = clock({ name: 'api.shop.test', endsAt: plus(now, 30 * dayMs), rollbackUntil: null });
  const text = rows({ certificates: [clock({ rollbackUntil: null }), first, ofTarget] }, hosts);
  expect(text).toContain(
    "\nsource     certificate api.shop.test, Let's Encrypt, 30 days left, the first of\n           2 to end\n",
  );
  expect(text).toContain('\ntarget     certificate *.shop.test, Amazon, 61 days left\n');
});

function evidence(change: Partial<SideEvidence>): SideEvidence {
  const [, target] = new Journey().until(isObserving(25)).status().probes;
  if (target === undefined) throw new Error('a journey has two sides');
  return { ...target, ...change };
}

function family(name: 'ipv4' | 'ipv6', ok: number, failed: number): FamilyEvidence {
  const health = failed > 2 ? 'failing' : 'passing';
  return { family: name, health, ok, failed, unknown: 6 - ok - failed, lastFailure: null };
}

test('a side that is probed over both families shows each', () => {
  const families = [family('ipv4', 6, 0), family('ipv6', 0, 6)];
  const side = evidence({ health: 'failing', family: 'ipv6', ok: 0, failed: 6, families });
  const lines = statusView(
    { ...new Journey().status(), probes: [side] },
    { columns: 80, hasColor: false, now },
  );
  expect(lines).toContain('target     ✖ failing    IPv4: 6 ok; IPv6: 0 ok, 6 failed');
});

test('a family that is left out is named with the reason, folded where the terminal is narrow', () => {
  const side = evidence({ leftOut: 'ipv6' });
  const show = (columns: number): string[] =>
    statusView({ ...new Journey().status(), probes: [side] }, { columns, hasColor: false, now });
  expect(show(80)).toContain('target     ✔ passing    6 ok; IPv6 left out: no route from here');
  expect(show(50)).toContain('target     ✔ passing    6 ok; IPv6 left out: no');
  expect(show(50)).toContain('                        route from here');
});
