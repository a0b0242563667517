import type { MigrationPlan } from '../core/plan.js';
import type {
  BreakGlass,
  Clock,
  Dns,
  HealthCheckApi,
  Holder,
  Ids,
  Log,
  ServerTime,
  Store,
  ZoneApi,
} from './ports.js';
import type { FoundationFeed } from './foundation-feed.js';
import type { MetricFeed } from './metric-feed.js';
import type { PlanFileFeed } from './plan-file-feed.js';
import type { PlatformFeed } from './platform-feed.js';
import type { ProbeFeed } from './probe-feed.js';
import type { Telling } from './telling.js';

/** The parts a tick works with; `compose` knows which classes they are. */
export interface Engine {
  readonly store: Store;
  readonly zones: ZoneApi;
  /** The same ahead of all other calls of this process, for rollbacks; absent where no quota is shared. */
  readonly urgentZones?: ZoneApi;
  readonly healthChecks: HealthCheckApi;
  readonly dns: Dns;
  readonly probes: ProbeFeed;
  readonly metrics: MetricFeed;
  readonly platforms: PlatformFeed;
  readonly foundations: FoundationFeed;
  readonly planFiles: PlanFileFeed;
  readonly breakGlass: BreakGlass;
  readonly clock: Clock;
  /** What Amazon's answers say of this machine's clock; absent where nobody listens for it. */
  readonly serverTime?: ServerTime;
  readonly ids: Ids;
  readonly holder: Holder;
  readonly log: Log;
  /** Tells people, beside the ticks and never in their way. */
  readonly telling: Telling;
  /** Why this process must not touch this migration, for instance a lab migration outside a lab; null when it may. */
  readonly objection: (plan: MigrationPlan) => string | null;
}

/** Questions to each name server per tick and host: enough to see a share, few enough to be polite. */
export const samplesPerServer: number = 25;

/** One call to a provider may take as long as a tick, between these bounds, so that a silent provider delays the guard by no more. */
export function callTimeoutMs(tickEveryMs: number): number {
  return Math.min(10_000, Math.max(2_000, tickEveryMs));
}
