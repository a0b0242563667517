import { describeCertificate, type Certificate } from '../core/certificate.js';
import { clockAtStart, rollbackLimit } from '../core/certificate-clock.js';
import { describeEndpoint, endpoint, type HostPlan, type MigrationPlan } from '../core/plan.js';
import { sideProbes } from '../core/policy/policy.js';
import {
  familyName,
  type AddressFamily,
  type ProbeOutcome,
  type ProbeReport,
  type SideName,
} from '../core/probe.js';
import { displayName } from '../core/record-name.js';
import type { Instant } from '../core/time.js';
import type { Check } from './check.js';

/** What the probes before a start say: that both sides serve the live host name, and how long their certificates last. */
export function sideChecks(
  plan: MigrationPlan,
  host: HostPlan,
  reports: readonly ProbeReport[],
  now: Instant,
): readonly Check[] {
  const sides = (['source', 'target'] as const).map((side) => ({
    side,
    report: reports.find((report) => report.host === host.host && report.side === side),
  }));
  return [
    ...sides.map(({ side, report }) => probeCheck(plan, host, side, report?.outcomes ?? [])),
    ...sides.flatMap(({ side, report }) =>
      report?.certificate === undefined ? [] : [certificateCheck(plan, host, side, report.certificate, now)],
    ),
  ];
}

function probeCheck(
  plan: MigrationPlan,
  host: HostPlan,
  side: SideName,
  outcomes: readonly ProbeOutcome[],
): Check {
  const { port } = plan.policy.probes;
  const { path } = sideProbes(plan.policy.probes, side);
  const leftOut = unreachableFamily(outcomes);
  const judged = outcomes.filter(({ family }) => leftOut === null || family !== leftOut);
  const at = `https://${displayName(host.host)}:${port}${path} through ${describeEndpoint(endpoint(host, side))}`;
  const passed = `${counts(judged, side)} passed (${at})`;
  const bad = judged.find(({ result, tooBusy }) => result !== 'ok' && tooBusy !== true);
  if (bad !== undefined || judged.length === 0) {
    const family = onlyFamilyInTrouble(judged);
    const where = family === null ? '' : `over ${familyName(family)} `;
    const fact = `${passed}; first trouble: ${where}${bad?.because ?? 'no probe was made'}`;
    return {
      name: side,
      verdict: 'refused',
      fact,
      fix: family === null ? wrongQuestion(side) : oneFamily(side),
    };
  }
  const unseen = judged.filter(({ tooBusy }) => tooBusy === true);
  if (unseen.length > 0) {
    const fact = `this machine was too busy to tell: ${passed}, and of ${unseen.length} it is not known`;
    return { name: side, verdict: 'unknown', fact, fix: tooBusy };
  }
  if (leftOut === null) return { name: side, verdict: 'ok', fact: passed, fix: null };
  const over = familyName(leftOut);
  return {
    name: side,
    verdict: 'warning',
    fact: `${passed}; it has ${over} too, but this machine has no route for it, so ${over} is left out`,
    fix: `run shiftctl where ${over} works, or set probes.families to leave it out on purpose`,
  };
}

const tooBusy =
  'run this again when the machine has less to do; it does not mean that anything is wrong with the side';

function wrongQuestion(side: SideName): string {
  return `the ${side} must serve the live host name before anything moves; change probes.path or probes.expect if the probe asks for the wrong thing`;
}

function oneFamily(side: SideName): string {
  return `clients use both families, so put this one right on the ${side}; if it is this machine's network that does not work, set probes.families`;
}

/** The family in which nothing could be sent for want of a route, where the other one can be judged in its place. */
function unreachableFamily(outcomes: readonly ProbeOutcome[]): AddressFamily | null {
  const all = families(outcomes);
  if (all.length < 2) return null;
  const closed = all.filter((family) =>
    outcomes.every((outcome) => outcome.family !== family || outcome.noRoute === true),
  );
  return closed.length === 1 ? (closed[0] ?? null) : null;
}

/** Where all is well over the other family, what is asked cannot be what is wrong. */
function onlyFamilyInTrouble(outcomes: readonly ProbeOutcome[]): AddressFamily | null {
  if (families(outcomes).length < 2 || outcomes.some(({ family }) => family === undefined)) return null;
  const troubled = families(outcomes.filter(({ result }) => result !== 'ok'));
  return troubled.length === 1 ? (troubled[0] ?? null) : null;
}

function families(outcomes: readonly ProbeOutcome[]): readonly AddressFamily[] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    outcomes.some((outcome) => outcome.family === family),
  );
}

/** `20 of 20 probes of the target`, for both families where there are two. */
function counts(outcomes: readonly ProbeOutcome[], side: SideName): string {
  const count = (some: readonly ProbeOutcome[]): string =>
    `${some.filter(({ result }) => result === 'ok').length} of ${some.length}`;
  const [first, second] = families(outcomes);
  if (first === undefined || second === undefined) {
    const over = first === undefined ? '' : ` over ${familyName(first)} alone`;
    return `${count(outcomes)} probes of the ${side}${over}`;
  }
  const over = (family: AddressFamily): readonly ProbeOutcome[] =>
    outcomes.filter((outcome) => outcome.family === undefined || outcome.family === family);
  return `${count(over(first))} probes of the ${side} over ${familyName(first)} and ${count(over(second))} over ${familyName(second)}`;
}

function certificateCheck(
  { policy, hosts }: MigrationPlan,
  host: HostPlan,
  side: SideName,
  certificate: Certificate,
  now: Instant,
): Check {
  const clock = clockAtStart(certificate, { host, side, policy, now });
  const limit = rollbackLimit(clock, utc);
  const chain = certificate.chain === undefined ? '' : `; signed by ${certificate.chain.join(', by ')}`;
  // Hosts of a group often share one certificate.
  const whose = hosts.length > 1 ? `${side} of ${displayName(host.host)}` : side;
  const fact = `${whose}: ${describeCertificate(clock, now)}${chain}${limit === null ? '' : `; ${limit}`}`;
  if (!clock.isShort) return { name: 'certificate', verdict: 'ok', fact, fix: null };
  return {
    name: 'certificate',
    verdict: 'warning',
    fact: `${fact}; that is less than the whole migration and two weeks`,
    fix:
      limit === null
        ? 'renew it before the migration needs it'
        : 'let Heroku renew it first, while DNS still points there, or give the app a longer one with heroku certs:add',
  };
}

function utc(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
