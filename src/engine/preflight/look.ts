import type { MigrationPlan } from '../../core/plan.js';
import type { Check } from '../check.js';
import type { Clock, Dns, HerokuApi, Prober, ZoneApi } from '../ports.js';

export interface PreflightPorts {
  readonly zones: ZoneApi;
  readonly dns: Dns;
  readonly prober: Prober;
  readonly clock: Clock;
  /** Opened only when a side is on Heroku. */
  readonly heroku: () => Promise<HerokuApi>;
}

/** Looks at one thing before a start. Reads only; what could not be looked at is a warning or a refusal, never ok. */
export type Look = (
  ports: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
) => Promise<readonly Check[]>;
