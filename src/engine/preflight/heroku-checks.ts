import {
  describeEndpoint,
  endpoint,
  type Endpoint,
  type HostPlan,
  type MigrationPlan,
} from '../../core/plan.js';
import type { HerokuDomainFacts, HerokuFacts, WebDynos } from '../../core/platform/platform-reading.js';
import type { SideName } from '../../core/probe.js';
import { displayName } from '../../core/record-name.js';
import { bareAliasName } from '../../core/standing-records.js';
import type { Check } from '../check.js';
import type { Look, PreflightPorts } from './look.js';

/** What Heroku says about every side that is one of its apps: that it is meant to serve the host, and that it can bear its users. */
export const lookAtHeroku: Look = async (ports, plan, signal) => {
  const sides = plan.hosts.flatMap((host) =>
    (['source', 'target'] as const).flatMap((side) => {
      const planned = endpoint(host, side);
      return planned.platform === 'heroku' ? [{ host, side, planned }] : [];
    }),
  );
  if (sides.length === 0) return [];
  return (await Promise.all(sides.map((side) => lookAtApp(ports, plan, side, signal)))).flat();
};

interface HerokuSide {
  readonly host: HostPlan;
  readonly side: SideName;
  readonly planned: Endpoint & { readonly platform: 'heroku' };
}

async function lookAtApp(
  { heroku }: PreflightPorts,
  plan: MigrationPlan,
  about: HerokuSide,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { app } = about.planned;
  try {
    const facts = await (await heroku()).facts(app, about.host.host, signal);
    if (facts.ok) return herokuChecks(plan, about, facts.value);
    if (facts.error.reason !== 'not-found') return [unseen(about, facts.error.message)];
    return [refused(about, facts.error.message, `check the app's name: heroku apps`)];
  } catch (error) {
    return [unseen(about, error instanceof Error ? error.message : String(error))];
  }
}

/** Everything that is wrong with an app, or one line of what was seen when nothing is. */
export function herokuChecks(plan: MigrationPlan, about: HerokuSide, facts: HerokuFacts): readonly Check[] {
  const found = [
    ...domainChecks(about, facts.domain),
    ...(facts.maintenance
      ? [
          refused(
            about,
            'the app is in maintenance mode, and its router answers 503 to everything',
            `heroku maintenance:off -a ${about.planned.app}`,
          ),
        ]
      : []),
    ...webChecks(plan, about, facts.web),
  ];
  return found.length > 0 ? found : [checkOf(about, 'ok', allWell(about, facts), null)];
}

function domainChecks(about: HerokuSide, domain: HerokuDomainFacts | null): readonly Check[] {
  const { app, dnsName } = about.planned;
  const host = displayName(about.host.host);
  if (domain === null)
    return [refused(about, `the app has no domain ${host}`, `heroku domains:add ${host} -a ${app}`)];
  const isPlanned = domain.cname !== null && bareAliasName(domain.cname) === bareAliasName(dnsName);
  const acm = domain.acmStatus;
  const isFailing = acm === 'failing' || acm === 'failed';
  const reason = domain.acmReason === null ? '' : ` (${domain.acmReason})`;
  return [
    ...(isPlanned
      ? []
      : [
          warning(
            about,
            `Heroku's DNS target for ${host} is ${domain.cname ?? 'still pending'}, not ${displayName(dnsName)}`,
            'point the record at the DNS target that Heroku gives for this domain before it moves',
          ),
        ]),
    ...(domain.sniEndpoint === null
      ? [
          refused(
            about,
            `${host} has no SNI endpoint, so the router refuses its TLS handshakes`,
            `give it a certificate: heroku certs:add <certificate> <key> -a ${app}, or heroku certs:auto:enable -a ${app} where DNS points there already`,
          ),
        ]
      : []),
    ...(isFailing
      ? [
          warning(
            about,
            `Automated Certificate Management is ${acm} for ${host}${reason}`,
            `put it right while DNS points at Heroku (heroku certs:auto -a ${app}), or attach a certificate of your own`,
          ),
        ]
      : []),
    ...(['succeeded', 'none', 'pending'].includes(domain.status)
      ? []
      : [
          warning(
            about,
            `the domain ${host} is in state ${domain.status}`,
            `look at it with: heroku domains:info ${host} -a ${app}`,
          ),
        ]),
  ];
}

/** One dyno at most, and an Eco dyno sleeps (Heroku Dev Center, "Dyno Types"): neither bears a whole site's users. */
const smallSizes: readonly string[] = ['eco', 'basic'];

function webChecks(plan: MigrationPlan, about: HerokuSide, web: WebDynos): readonly Check[] {
  const { app } = about.planned;
  const { quantity, size, alive, dead } = web;
  const lastShare = Math.max(...plan.policy.stages.map(({ share }) => share));
  if (quantity === 0)
    return [refused(about, 'the app is scaled to 0 web dynos', `heroku ps:scale web=1 -a ${app}`)];
  if (alive === 0 && dead.length > 0)
    return [refused(about, `no web dyno is up (${dead.slice(0, 3).join(', ')})`, `heroku ps -a ${app}`)];
  const isSmall = size !== null && smallSizes.includes(size.toLowerCase());
  return [
    ...(dead.length > 0
      ? [
          warning(
            about,
            `${alive} of ${alive + dead.length} web dynos are up (${dead.slice(0, 3).join(', ')})`,
            `heroku ps -a ${app}`,
          ),
        ]
      : []),
    ...(isSmall && about.side === 'target'
      ? [
          refused(
            about,
            `its web dynos are ${size}, which cannot bear a share of ${lastShare}%: one dyno at most${size.toLowerCase() === 'eco' ? ', and it sleeps' : ''}`,
            `heroku ps:type web=standard-1x -a ${app}`,
          ),
        ]
      : []),
  ];
}

function allWell({ host }: HerokuSide, { domain, web }: HerokuFacts): string {
  const ends = domain?.certificateEndsAt ?? null;
  const until = ends === null ? '' : ` with a certificate until ${new Date(ends).toISOString().slice(0, 10)}`;
  const acm = domain?.acmStatus == null ? '' : `, ACM: ${domain.acmStatus}`;
  const dynos = `${web.alive} of ${web.quantity} ${web.size ?? 'web'} dynos up`;
  return `${displayName(host.host)} has SNI endpoint ${domain?.sniEndpoint ?? ''}${until}${acm}; ${dynos}; not in maintenance`;
}

function unseen(about: HerokuSide, message: string): Check {
  const fact = `Heroku could not be asked: ${message}`;
  return warning(about, fact, 'look at the app yourself, or run preflight again');
}

function refused(about: HerokuSide, what: string, fix: string): Check {
  return checkOf(about, 'refused', what, fix);
}

function warning(about: HerokuSide, what: string, fix: string): Check {
  return checkOf(about, 'warning', what, fix);
}

function checkOf(
  { side, planned }: HerokuSide,
  verdict: Check['verdict'],
  what: string,
  fix: string | null,
): Check {
  return { name: 'heroku', verdict, fact: `${side} ${describeEndpoint(planned)}: ${what}`, fix };
}
