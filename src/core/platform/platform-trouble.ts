import { runningClocks } from '../certificate-clock.js';
import { describeCertificate } from '../certificate.js';
import type { Alarm } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import { endpoint, type Endpoint, type HostPlan } from '../plan.js';
import type { SideName } from '../probe.js';
import { displayName } from '../record-name.js';
import type { Instant } from '../time.js';
import { leftBehindAlarm, lineTo } from './left-behind.js';
import { isKnownTarget, isSameApp, newTarget } from './new-target.js';
import { platformOf, type PlatformMemory } from './platform-memory.js';
import type { HerokuFacts } from './platform-reading.js';

/** What the platform of one side says and a person must know, whether or not the side still answers. */
export interface PlatformTrouble extends Alarm {
  readonly host: HostPlan['host'];
  /** True when nothing goes forward while it lasts. */
  readonly holds: boolean;
}

/** Every trouble that the latest looks found, the gravest of each side first. Unknown is none: it is shown, not alarmed. */
export function platformTroubles(state: MigrationState, now: Instant): readonly PlatformTrouble[] {
  return [
    ...state.plan.hosts.flatMap((host) =>
      (['source', 'target'] as const).flatMap((side) => {
        const memory = platformOf(state.platforms, host.host, side);
        return memory === null ? [] : sideTroubles(state, host, side, memory);
      }),
    ),
    ...state.plan.hosts.flatMap((host) => {
      const left = leftBehindAlarm(state, host);
      return left === null ? [] : [{ ...left, host: host.host, holds: true }];
    }),
    ...certificateTroubles(state, now),
  ];
}

function sideTroubles(
  state: MigrationState,
  host: HostPlan,
  side: SideName,
  memory: PlatformMemory,
): readonly PlatformTrouble[] {
  const at = `${displayName(host.host)}: `;
  const planned = endpoint(host, side);
  const broken = brokenBecause(planned, memory);
  if (broken !== null) {
    const topic = side === 'source' ? 'rollback-path-broken' : 'target-broken';
    const meaning =
      side === 'source'
        ? `a rollback would go nowhere${wayBack(state, host, memory)}`
        : 'the target is not meant to serve this host';
    return [{ host: host.host, topic, because: `${at}${broken}; ${meaning}`, holds: true }];
  }
  if (memory.heroku?.status !== 'seen' || planned.platform !== 'heroku') return [];
  const { facts } = memory.heroku;
  return [
    ...(facts.name === planned.app ? [] : [renamed(host, planned.app, facts.name)]),
    ...(side === 'source' ? scaledDown(host, facts, memory.dynosAtFirst) : []),
  ];
}

/** A source that only got another DNS target can still be gone back to: by itself once it is known to serve there, by a person before. */
function wayBack(state: MigrationState, host: HostPlan, memory: PlatformMemory): string {
  const target = newTarget(host, memory);
  if (target === null) return '';
  const line = lineTo(state, host, target);
  return isSameApp(memory)
    ? `, until that target passes the source's probes and the old one fails them; once the app answers there: ${line}`
    : `, and this is another app than the one that was planned; if it is the one to go back to: ${line}`;
}

/** Why this side cannot serve the host, or null. */
export function brokenBecause(
  planned: Endpoint,
  { name, heroku, targetAtFirst }: PlatformMemory,
): string | null {
  if (heroku?.status === 'gone') return heroku.because;
  if (heroku?.status === 'seen' && planned.platform === 'heroku') {
    const broken = brokenApp(planned, heroku.facts, targetAtFirst);
    if (broken !== null) return broken;
  }
  if (name !== 'missing') return null;
  return `${displayName(planned.dnsName)} has no address any more, and whoever registers that name again gets what DNS still sends there (subdomain takeover)`;
}

function brokenApp(
  planned: Endpoint,
  { name, maintenance, domain, web }: HerokuFacts,
  targetAtFirst: string | null,
): string | null {
  const app = `heroku:${name}`;
  if (domain === null) return `${app} has no domain for this host any more`;
  if (domain.cname !== null && !isKnownTarget(planned.dnsName, targetAtFirst, domain.cname))
    return `the DNS target that ${app} has for this host is now ${displayName(domain.cname)}, no longer ${displayName(planned.dnsName)}`;
  if (domain.sniEndpoint === null)
    return `${app} has no certificate attached to this host (its SNI endpoint is gone)`;
  if (maintenance) return `${app} is in maintenance mode and answers 503 to everything`;
  if (web.quantity === 0) return `${app} is scaled to 0 web dynos`;
  if (web.alive === 0 && web.dead.length > 0)
    return `no web dyno of ${app} is up (${web.dead.slice(0, 3).join(', ')})`;
  return null;
}

function renamed({ host }: HostPlan, was: string, is: string): PlatformTrouble {
  const because = `${displayName(host)}: heroku:${was} is now called heroku:${is}; its DNS target still stands, but its log is read under the old name`;
  return { host, topic: 'app-renamed', because, holds: true };
}

/** Autoscaling goes up and down by a few; less than half of what was there at the start is somebody switching it off. */
function scaledDown(
  { host }: HostPlan,
  { name, web }: HerokuFacts,
  atFirst: number | null,
): PlatformTrouble[] {
  if (atFirst === null || 2 * web.quantity >= atFirst) return [];
  const because = `${displayName(host)}: heroku:${name} has ${web.quantity} of the ${atFirst} web dynos that it had at the start; a rollback would send everything to them`;
  return [{ host, topic: 'source-scaled-down', because, holds: false }];
}

function certificateTroubles(state: MigrationState, now: Instant): readonly PlatformTrouble[] {
  return runningClocks(state, now)
    .filter(({ isShort }) => isShort)
    .map((clock) => {
      const renew =
        clock.rollbackUntil === null
          ? 'renew it'
          : 'Heroku cannot renew it while DNS points elsewhere, and then no rollback is possible; roll back now, or attach another with heroku certs:add';
      const because = `${displayName(clock.host)}: the ${clock.side}'s ${describeCertificate(clock, now)}; ${renew}`;
      return { host: clock.host, topic: 'certificate-short', because, holds: true };
    });
}

/** What keeps a host from going forward because of its platforms, or null. */
export function platformMissing(state: MigrationState, host: HostPlan, now: Instant): Alarm | null {
  const found = platformTroubles(state, now).find((trouble) => trouble.holds && trouble.host === host.host);
  return found === undefined ? null : { topic: found.topic, because: found.because };
}
