import type { ProviderFailure } from '../../core/failure.js';
import type { MigrationPlan } from '../../core/plan.js';
import type { Check } from '../check.js';
import type { Delegations, HerokuStatusPage, ResolverAnswers, ZoneInspection } from '../inspection-ports.js';
import type { Clock, Dns, HerokuApi, Ids, Prober, ZoneApi } from '../ports.js';

export interface PreflightPorts {
  readonly zones: ZoneApi;
  readonly inspection: ZoneInspection;
  readonly dns: Dns & Delegations;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Opened only when a side is on Heroku. */
  readonly heroku: () => Promise<HerokuApi>;
  /** The same. */
  readonly herokuStatus: () => Promise<HerokuStatusPage>;
  /** Null where none is to be asked. */
  readonly resolvers: ResolverAnswers | null;
}

/** Looks at one thing before a start. Reads only; what could not be looked at is a warning or a refusal, never ok. */
export type Look = (
  ports: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
) => Promise<readonly Check[]>;

export function passed(name: string, fact: string): Check {
  return { name, verdict: 'ok', fact, fix: null };
}

export function warned(name: string, fact: string, fix: string | null): Check {
  return { name, verdict: 'warning', fact, fix };
}

export function refused(name: string, fact: string, fix: string): Check {
  return { name, verdict: 'refused', fact, fix };
}

/** Of something that only informs: not seeing it is no reason to refuse, and no reason to call it good. */
export function unseen(name: string, what: string, failure: ProviderFailure): Check {
  const isMissing = failure.reason === 'denied';
  const fix = isMissing ? `allow route53:${failure.operation} to the credentials to have it looked at` : null;
  return warned(name, `${what} could not be read: ${failure.message}`, fix);
}
