import type { Certificate } from './certificate.js';
import { isLive, type Phase } from './phase.js';
import { endpoint, type Endpoint, type HostPlan } from './plan.js';
import type { Policy } from './policy/policy.js';
import type { SideName } from './probe.js';
import type { ProbeHistory } from './probe-history.js';
import type { RecordName } from './record-name.js';
import { plus, type Instant } from './time.js';

/** One side's certificate and what its end means for the migration. */
export interface CertificateClock extends Certificate {
  readonly host: RecordName;
  readonly side: SideName;
  /** Until when a rollback finds a source that can serve the host, where its certificate is not renewed meanwhile; null elsewhere. */
  readonly rollbackUntil: Instant | null;
  /** True when it ends too soon for what is still to come. */
  readonly isShort: boolean;
}

/**
 * True for what Heroku's Automated Certificate Management looks like from outside. Its certificates are issued by Let's Encrypt over an HTTP
 * challenge at the host's public address and renewed a month before their end (Heroku Dev Center, "Automated Certificate
 * Management"), so once DNS points elsewhere no renewal succeeds any more.
 */
export function isHerokuManaged(certificate: Certificate, side: Endpoint): boolean {
  return side.platform === 'heroku' && certificate.issuer === "Let's Encrypt";
}

/** What a side's certificate must last beyond what is still to come: at the start, and while the migration runs. */
const startMarginMs = 14 * 86_400_000;
const runningMarginMs = 72 * 3_600_000;

/** The clock of a certificate seen before the start: it should outlast every stage by two weeks. */
export function clockAtStart(
  certificate: Certificate,
  about: { host: HostPlan; side: SideName; policy: Pick<Policy, 'stages'>; now: Instant },
): CertificateClock {
  const aheadMs = about.policy.stages.reduce((sum, stage) => sum + stage.dwellMs, 0);
  return clockOf(certificate, about.host, about.side, plus(about.now, aheadMs + startMarginMs));
}

/**
 * The certificates seen last, in the order of the plan, while the migration is live; a side that showed none is left out. Once a
 * rollback is under way nobody needs to know how long one is possible.
 */
export function runningClocks(
  state: {
    plan: { hosts: readonly HostPlan[]; policy: Pick<Policy, 'bakeMs'> };
    phase: Phase;
    probes: ProbeHistory;
  },
  now: Instant,
): readonly CertificateClock[] {
  const { plan, phase, probes } = state;
  if (!isLive(phase)) return [];
  const needed = plus(now, plan.policy.bakeMs + runningMarginMs);
  const isGoingBack = phase.phase === 'rolling-back' || phase.phase === 'draining';
  return plan.hosts.flatMap((host) =>
    (['source', 'target'] as const).flatMap((side) => {
      const seen = probes.find((entry) => entry.host === host.host && entry.side === side)?.certificate;
      if (seen === undefined || seen === null) return [];
      const clock = clockOf(seen, host, side, needed);
      return [isGoingBack ? { ...clock, rollbackUntil: null } : clock];
    }),
  );
}

function clockOf(
  certificate: Certificate,
  host: HostPlan,
  side: SideName,
  neededUntil: Instant,
): CertificateClock {
  const isManagedSource = side === 'source' && isHerokuManaged(certificate, endpoint(host, side));
  return {
    ...certificate,
    host: host.host,
    side,
    rollbackUntil: isManagedSource ? certificate.endsAt : null,
    isShort: certificate.endsAt < neededUntil,
  };
}

/** For a source whose certificate Heroku cannot renew from somewhere else; null for any other. `spell` writes a point in time. */
export function rollbackLimit(
  { rollbackUntil }: CertificateClock,
  spell: (at: Instant) => string,
): string | null {
  if (rollbackUntil === null) return null;
  return `Heroku renews it only while DNS points there: rollback stays possible until ${spell(rollbackUntil)}`;
}
