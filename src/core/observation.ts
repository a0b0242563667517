import type { HealthCheckReading } from './failover/health-check.js';
import type { ProviderFailure } from './failure.js';
import type { FoundationReading } from './foundation/foundation-reading.js';
import type { MetricReport } from './metric/metric-report.js';
import type { NameServerReading } from './name-server.js';
import type { PlanFileReading } from './plan-file.js';
import type { PlatformReading } from './platform/platform-reading.js';
import type { SourceMoveReport } from './platform/source-move.js';
import type { ProbeReport } from './probe.js';
import type { RecordImage } from './record-image.js';
import type { Instant } from './time.js';

/**
 * What stood in the zone: `expected` when records and markers equal the last receipt, else the whole image. A failed or
 * partial read is `unknown` and never means that something is absent.
 */
export type ZoneReading =
  | { readonly status: 'expected' }
  | { readonly status: 'image'; readonly image: RecordImage }
  | { readonly status: 'unknown'; readonly failure: ProviderFailure };

export type ChangeReading =
  | { readonly status: 'PENDING' | 'INSYNC'; readonly changeId: string }
  | { readonly status: 'unknown'; readonly failure: ProviderFailure };

/** One reading of everything, stamped once. Journaled whole, so that every decision can be made again from the journal alone. */
export interface Observation {
  readonly at: Instant;
  readonly monotonicMs: number;
  readonly bootId: string;
  /** How far Amazon's clock is ahead of `at`, by the dates of its answers; absent where they agree or nothing was heard. */
  readonly serverOffsetMs?: number;
  readonly zone: ZoneReading;
  /** Null when no change is waiting to be INSYNC. */
  readonly change: ChangeReading | null;
  readonly nameServers: readonly NameServerReading[];
  readonly probes: readonly ProbeReport[];
  /** New and revised buckets only; every other one stands in an earlier entry of the journal. */
  readonly metrics: readonly MetricReport[];
  /** Absent in a tick that did not look at the platforms: they are asked about once an hour. */
  readonly platforms?: readonly PlatformReading[];
  /** Probes of the names that sources may have moved to; absent while there is none to ask. */
  readonly sourceMoves?: readonly SourceMoveReport[];
  /** What Route 53's checkers said; absent without `failover: health-checks`. */
  readonly healthChecks?: readonly HealthCheckReading[];
  /** Absent in a tick that did not look: once an hour is enough. */
  readonly foundation?: FoundationReading;
  /** Files of the plan that are not as the journal says; absent where all are, or none was looked at. */
  readonly planFiles?: readonly PlanFileReading[];
  /** The id the next intent gets, should this reading lead to one. */
  readonly nextIntentId: string;
  /** The hash of the last journal entry before this one; it goes into the marker and anchors the chain outside the state file. */
  readonly journalHead: string;
  /** The machine that looked, as its markers are signed; absent where its name cannot be shown. */
  readonly machine?: string;
}
