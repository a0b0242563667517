import type { ProviderFailure } from '../core/failure.js';
import type { MigrationState } from '../core/migration-state.js';
import type { Observation } from '../core/observation.js';
import type { MigrationPlan } from '../core/plan.js';
import type { ProbeReport } from '../core/probe.js';
import type { RecordImage } from '../core/record-image.js';
import type { Result } from '../core/result.js';
import { elapsed, type Instant } from '../core/time.js';
import { withDeadline } from './deadline.js';
import type { Engine } from './engine.js';
import type { Journal } from './journal.js';
import { compare } from './observe.js';
import { probesTimeoutMs } from './reading-parts.js';

/** What was seen so long ago is looked at again before an automatic rollback is written: another process may have decided it. */
const freshMs = 10_000;

/** True where an automatic rollback was decided from a reading that is no longer of now. */
export function needsFreshLook({ phase, latest }: MigrationState, now: Instant): boolean {
  if (phase.phase !== 'rolling-back' || phase.rollback.by !== 'guard') return false;
  return latest === null || elapsed(latest.at, now) > freshMs;
}

/** What the probes say by now; one that hangs keeps a rollback no longer than a burst takes, and says nothing then. */
export async function probesNow(engine: Engine, plan: MigrationPlan): Promise<readonly ProbeReport[]> {
  const stop = new AbortController();
  const collected = await withDeadline(
    engine.probes.collect(plan, stop.signal),
    probesTimeoutMs(plan.policy),
    engine.clock,
  );
  stop.abort();
  return collected.ok ? collected.value : [];
}

/** An observation of zone and probes alone; of everything else nothing is known. */
export function glimpse(
  { clock, ids }: Engine,
  { state, head }: Journal,
  image: Result<RecordImage, ProviderFailure>,
  probes: readonly ProbeReport[],
): Observation {
  return {
    at: clock.now(),
    monotonicMs: clock.monotonicMs(),
    bootId: clock.bootId,
    zone: image.ok ? compare(state, image.value) : { status: 'unknown', failure: image.error },
    change: null,
    nameServers: [],
    probes,
    metrics: [],
    nextIntentId: ids.next(),
    journalHead: head,
  };
}
