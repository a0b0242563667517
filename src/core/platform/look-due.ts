import type { MigrationState } from '../migration-state.js';
import { isLive, type Completed } from '../phase.js';
import { stageDwellMs } from '../share.js';
import { sideEvidence } from '../gate/side-health.js';
import { elapsed, instant, plus, type Instant } from '../time.js';
import type { PlatformMemory } from './platform-memory.js';
import { brokenBecause } from './platform-trouble.js';
import { endpoint } from '../plan.js';

/** Five requests an hour of an account's 4,500 (Heroku Dev Center, "Platform API rate limits"). */
const usualMs = 3_600_000;
/** What was bad or unseen may soon be otherwise, and before a step nobody wants an old answer. */
const soonMs = 5 * 60_000;

/**
 * Whether it is time to ask a side's platform again: once an hour, every few minutes while something is wrong or unseen, and before each
 * step.
 */
export function lookIsDue(state: MigrationState, memory: PlatformMemory | null, now: Instant): boolean {
  const { phase, plan } = state;
  if (phase.phase === 'completed') return watchIsDue(phase, memory, now);
  if (!isLive(phase) || phase.phase === 'rolling-back' || phase.phase === 'draining') return false;
  if (memory === null) return true;
  const host = plan.hosts.find((candidate) => candidate.host === memory.host);
  const planned = host && endpoint(host, memory.side);
  const isGood =
    memory.unseen === null &&
    memory.name !== 'unknown' &&
    planned !== undefined &&
    brokenBecause(planned, memory) === null &&
    !isSourceFailing(state, memory, now);
  const pauseMs = isGood && !isBeforeStep(state, now) ? usualMs : soonMs;
  // A clock that was set back must not put it off.
  return elapsed(memory.lookedAt, now) >= pauseMs || memory.lookedAt > now;
}

/** A source that fails its probes may have moved, and only Heroku can say where to. */
function isSourceFailing({ probes, plan }: MigrationState, memory: PlatformMemory, now: Instant): boolean {
  const { host, side } = memory;
  const about = { host, side, since: instant(0), now };
  return side === 'source' && sideEvidence(probes, plan.policy, about).health === 'failing';
}

/** Of what has ended only the source still matters, which a rollback would send everything back to. */
function watchIsDue({ at }: Completed, memory: PlatformMemory | null, now: Instant): boolean {
  if (memory?.side === 'target') return false;
  const lookedAt = memory?.lookedAt ?? at;
  return elapsed(lookedAt, now) >= usualMs || lookedAt > now;
}

/** True once the dwell is over, in the very tick that may take the next step. */
function isBeforeStep({ phase, plan }: MigrationState, now: Instant): boolean {
  if (phase.phase !== 'observing') return false;
  return now >= plus(phase.dwellFrom, stageDwellMs(plan.policy, phase.stage));
}
