import { createHash } from 'node:crypto';
import type { ServerCertificate } from '../certificates.js';
import type { RoutedApp } from '../origins/heroku-router.js';
import { StatusPage } from './status-page.js';

/** A custom domain of an app. */
export interface HerokuDomain {
  readonly id: string;
  readonly hostname: string;
  /** What the DNS of the hostname should point at; chosen by Heroku at random. */
  readonly cname: string;
  /** Without an SNI endpoint the router does not know the hostname. */
  readonly sniEndpoint: HerokuSniEndpoint | undefined;
}

export interface HerokuSniEndpoint {
  readonly id: string;
  readonly name: string;
  readonly certificate: ServerCertificate;
}

export interface HerokuRelease {
  readonly id: string;
  readonly version: number;
  readonly description: string;
  readonly createdAt: Date;
}

export type RouterGeneration = 'router-2.0' | 'legacy';

/** The states of a dyno (Heroku Platform API reference, "Dyno"). */
export type DynoState = 'crashed' | 'down' | 'idle' | 'starting' | 'up';

/** How Automated Certificate Management gets on with the domains of an app. */
export interface HerokuAcm {
  readonly status: string;
  readonly reason: string | null;
}

/** One app, as the Platform API and the router see it. What is not read-only is what people change while the lab runs. */
export interface HerokuApp {
  readonly id: string;
  name: string;
  readonly createdAt: Date;
  domains: readonly HerokuDomain[];
  webDynos: number;
  dynoSize: string;
  /** Of all web dynos. */
  dynoState: DynoState;
  /** Undefined while it is off. */
  acm: HerokuAcm | undefined;
  /** Oldest first; the last one is current. */
  readonly releases: readonly HerokuRelease[];
  /** Which router serves it; only its log tells. */
  readonly router: RouterGeneration;
  maintenance: boolean;
}

/** What has to be said about an app; the rest is made up from its name. */
export interface HerokuAppPlan {
  readonly name: string;
  readonly createdAt: Date;
  readonly domains: readonly {
    readonly hostname: string;
    readonly cname: string;
    readonly certificate: ServerCertificate | undefined;
  }[];
  /** How many releases its history has; default 12. */
  readonly releases?: number;
  /** Default `router-2.0`. */
  readonly router?: RouterGeneration;
}

/** An app with two web dynos and a history of releases, one an hour, that ends with its last deployment. */
export function herokuApp(plan: HerokuAppPlan): HerokuApp {
  const { name, createdAt } = plan;
  return {
    id: herokuId('app', name),
    name,
    createdAt,
    domains: plan.domains.map(({ hostname, cname, certificate }) => ({
      id: herokuId('domain', name, hostname),
      hostname,
      cname,
      sniEndpoint: certificate && {
        id: herokuId('sni-endpoint', name, hostname),
        name: `endpoint-${herokuId(hostname).slice(0, 8)}`,
        certificate,
      },
    })),
    webDynos: 2,
    dynoSize: 'Standard-1X',
    dynoState: 'up',
    acm: undefined,
    releases: Array.from({ length: plan.releases ?? 12 }, (_, index) => ({
      id: herokuId('release', name, String(index + 1)),
      version: index + 1,
      description: index === 0 ? 'Initial release' : `Deploy ${herokuId(name, String(index)).slice(0, 8)}`,
      createdAt: new Date(createdAt.getTime() + index * 3_600_000),
    })),
    router: plan.router ?? 'router-2.0',
    maintenance: false,
  };
}

/** The apps of one account, and what the platform under them says of itself. */
export class HerokuApps {
  readonly statusPage: StatusPage = new StatusPage();
  #apps: readonly HerokuApp[];

  constructor(apps: readonly HerokuApp[]) {
    this.#apps = apps;
  }

  all(): readonly HerokuApp[] {
    return this.#apps;
  }

  find(idOrName: string): HerokuApp | undefined {
    return this.#apps.find((app) => app.id === idOrName || app.name === idOrName);
  }

  /** As `heroku apps:destroy` does. */
  destroy(app: HerokuApp): void {
    this.#apps = this.#apps.filter((other) => other !== app);
  }

  /** What the router does with a host name: undefined when no app has it, or its domain has no SNI endpoint. */
  route(host: string): RoutedApp | undefined {
    const app = this.withHost(host);
    const endpoint = app && endpointFor(app, host);
    return (
      app &&
      endpoint && { deployment: app.name, maintenance: app.maintenance, certificate: endpoint.certificate }
    );
  }

  /** The app that the router knows by this host name. */
  withHost(host: string): HerokuApp | undefined {
    return this.#apps.find((app) => endpointFor(app, host) !== undefined);
  }
}

function endpointFor(app: HerokuApp, host: string): HerokuSniEndpoint | undefined {
  return app.domains.find(({ hostname }) => hostname === host)?.sniEndpoint;
}

/** A UUID that is always the same for the same words, so that two runs of the lab can be compared. */
export function herokuId(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const adjectives = ['sleepy', 'quiet', 'amber', 'silent', 'gentle', 'rugged', 'hidden', 'polar'] as const;
const animals = ['otter', 'heron', 'badger', 'lynx', 'marmot', 'plover', 'newt', 'ibis'] as const;

/** A DNS target of the form Heroku gives to custom domains: two words and a random part below `herokudns.com`. */
export function herokuDnsTarget(random: () => number): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? '';
  const suffix = Array.from({ length: 10 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${pick(adjectives)}-${pick(animals)}-${suffix}.herokudns.com`;
}
