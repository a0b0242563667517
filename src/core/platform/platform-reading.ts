import type { SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import type { Instant } from '../time.js';

/** What the platforms themselves say of one side of one host: not how it answers, but whether it is still meant to. */
export interface PlatformReading {
  readonly host: RecordName;
  readonly side: SideName;
  readonly at: Instant;
  /** Whether the side's own DNS name has an address; `unknown` when DNS did not say. */
  readonly name: 'exists' | 'missing' | 'unknown';
  /** Null for a side that is not on Heroku. */
  readonly heroku: HerokuReading | null;
}

export type HerokuReading =
  | { readonly status: 'seen'; readonly facts: HerokuFacts }
  /** Heroku knows no such app: deleted, or never ours. */
  | { readonly status: 'gone'; readonly because: string }
  | { readonly status: 'unknown'; readonly because: string };

/** An app as far as a host's users depend on it (Heroku Platform API reference). Texts are free of control characters. */
export interface HerokuFacts {
  /** Stays when the app is renamed. */
  readonly id: string;
  readonly name: string;
  readonly maintenance: boolean;
  /** The app's custom domain for the host; null when it has none. */
  readonly domain: HerokuDomainFacts | null;
  readonly web: WebDynos;
}

export interface HerokuDomainFacts {
  readonly hostname: string;
  /** The DNS target; null while it is pending. */
  readonly cname: string | null;
  /** The domain's own: `pending`, `succeeded` or `none` are usual. */
  readonly status: string;
  /** Of Automated Certificate Management; null where it is off or has not begun. */
  readonly acmStatus: string | null;
  readonly acmReason: string | null;
  /** Null when the router does not know the host: requests for it get the page `No such app`. */
  readonly sniEndpoint: string | null;
  /** When the endpoint's certificate ends; null when it has none. */
  readonly certificateEndsAt: Instant | null;
  /** Heroku renews it by itself. */
  readonly isManaged: boolean;
}

/** The process type that serves requests. */
export interface WebDynos {
  /** How many are wanted; 0 also where the app has no such process type. */
  readonly quantity: number;
  /** `Standard-1X` for instance; null where there is none. */
  readonly size: string | null;
  /** How many run or are about to: an idle one wakes with the next request. */
  readonly alive: number;
  /** The others, as `web.1 crashed`. */
  readonly dead: readonly string[];
}
