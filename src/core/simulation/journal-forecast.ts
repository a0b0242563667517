import { decide } from '../decide.js';
import type { Event } from '../event.js';
import { apply, replay } from '../migration.js';
import type { MigrationState } from '../migration-state.js';
import type { Observation } from '../observation.js';
import { isLive } from '../phase.js';
import type { Instant } from '../time.js';
import { ForecastReadings, tapeOf } from './forecast-readings.js';
import { without, type ReadingGroup, type RunProgress } from './reading-group.js';
import { endOf, stepOf, type RunEnd, type RunStep } from './run-track.js';

/** A forecast is not followed for longer than this. */
const maxReadings = 20_000;

/** Where the other policy parts from the journal. */
export interface Parting {
  readonly events: readonly Event[];
  readonly groups: readonly ReadingGroup[];
  /** The group at which they part; its own reading has been decided on. */
  readonly from: number;
  readonly other: MigrationState;
  readonly divergedAt: Instant;
}

export interface Ahead {
  readonly state: MigrationState;
  readonly steps: readonly RunStep[];
  readonly end: RunEnd;
}

/**
 * The rest of a run whose share is no longer the journal's: its probes as they were, its users dealt out anew at the rates that each side
 * had; after the journal's last reading, on at what was seen last. Ends with the migration, where a person is waited for, or where the
 * journal has never measured what would be needed.
 */
export function* forecastOn(parting: Parting): Generator<RunProgress, Ahead> {
  const { groups, from, divergedAt } = parting;
  const whole = replay(parting.events);
  const readings = new ForecastReadings(whole, { divergedAt, agreeMs: usualAgreeMs(parting.events) });
  const steps: RunStep[] = [];
  const { plan } = parting.other;
  const judging = without(plan.policy, ['hooks', 'failover']);
  let state = accepted({ ...parting.other, plan: { ...plan, policy: judging } }, divergedAt, steps);
  let at = divergedAt;
  const tape = tapeOf(groups.map(({ observation }) => observation));
  for (let count = 0; count < maxReadings; count += 1) {
    const end = endOf(state, at, true);
    if (end.end !== 'live') return { state, steps, end };
    const base = groups[from + 1 + count]?.observation ?? tape.after(at, state.plan.policy.tickEveryMs);
    ({ at } = base);
    const reading = readings.reading(state, base);
    if (reading === null) {
      const because = 'the journal never measured a side that gets traffic from here on';
      return { state, steps, end: { ...end, end: 'unknown', at, because } };
    }
    state = apply(state, { type: 'observed', at, observation: reading });
    state = decided(state, steps);
    const part = Math.min(1, (from + 1 + count) / groups.length);
    yield { part, at, isForecast: true };
  }
  const because = `the forecast is followed for ${maxReadings} readings only`;
  return { state, steps, end: { ...endOf(state, at, true), end: 'unknown', because } };
}

function decided(state: MigrationState, steps: RunStep[]): MigrationState {
  let next = state;
  for (const event of decide(state)) {
    steps.push(...stepOf(next, event, true));
    next = apply(next, event);
  }
  return isLive(next.phase) ? accepted(next, next.latest?.at ?? next.plan.createdAt, steps) : next;
}

/** In a forecast Route 53 takes every write at once. */
function accepted(state: MigrationState, at: Instant, steps: RunStep[]): MigrationState {
  const intent = state.openIntent;
  if (intent === null || state.phase.phase === 'rolling-back') return state;
  const event: Event = { type: 'change-accepted', at, intentId: intent.id, changeId: null, how: 'reply' };
  steps.push(...stepOf(state, event, true));
  return apply(state, event);
}

/** A change is on all name servers after about this long (Route 53 Developer Guide: usually within 60 seconds). */
const defaultAgreeMs = 60_000;

/** How long the journal's changes took to be on every name server: the middle one. */
function usualAgreeMs(events: readonly Event[]): number {
  const took: number[] = [];
  let acceptedAt: Observation['at'] | null = null;
  for (const event of events) {
    if (event.type === 'change-accepted') acceptedAt = event.at;
    if (event.type !== 'servers-agreed' || acceptedAt === null) continue;
    took.push(Math.max(0, event.at - acceptedAt));
    acceptedAt = null;
  }
  return took.toSorted((one, two) => one - two)[Math.floor(took.length / 2)] ?? defaultAgreeMs;
}
