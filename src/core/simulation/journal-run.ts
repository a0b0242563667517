import { decide } from '../decide.js';
import type { Event } from '../event.js';
import { explain } from '../explanation.js';
import { apply, begin } from '../migration.js';
import type { MigrationState } from '../migration-state.js';
import type { Observation } from '../observation.js';
import { isLive } from '../phase.js';
import type { Policy } from '../policy/policy.js';
import { err, ok, type Result } from '../result.js';
import { statusOf } from '../status.js';
import type { Instant } from '../time.js';
import {
  answerOf,
  applyIfLegal,
  forStageOf,
  isFromOutside,
  isHand,
  isLegal,
  sameMove,
  type Answer,
} from './journal-answer.js';
import { forecastOn } from './journal-forecast.js';
import { userTotals } from './measured-rates.js';
import { groupsOf, without, type ReadingGroup, type RunProgress } from './reading-group.js';
import { endOf, stepOf, type RunEnd, type RunStep, type RunTrack } from './run-track.js';

/** What would have happened to a migration under another policy. Plain data. */
export interface JournalRun {
  readonly id: string;
  readonly journal: RunTrack & Harm;
  readonly other: RunTrack & Harm;
  /** Up to here both have the same readings; null when they never part. */
  readonly divergence: Divergence | null;
}

/** Users' requests that reached the target and how many of them failed; null where nobody counted. */
export interface Harm {
  readonly atTarget: { readonly requests: number; readonly failed: number } | null;
}

/** The first reading that the two policies answer differently. */
export interface Divergence {
  readonly at: Instant;
  /** What the target had until then. */
  readonly share: number;
  readonly journal: Answer;
  readonly other: Answer;
}

/** Why a journal cannot be played again under this policy, or null. */
export function objectionToJournalRun(events: readonly Event[], policy: Policy): string | null {
  const [first] = events;
  if (first?.type !== 'migration-planned') return 'it does not begin with its plan';
  if (!events.some(({ type }) => type === 'observed')) return 'nothing was read yet';
  const { plan } = first;
  const seconds = (ms: number): string => `${ms / 1000} s`;
  if (plan.policy.bucketMs !== policy.bucketMs)
    return `it was measured in buckets of ${seconds(plan.policy.bucketMs)}, and the policy wants ${seconds(policy.bucketMs)} (bucketSeconds)`;
  if (policy.gate.evidence === 'metrics' && plan.hosts.some(({ metrics }) => metrics === undefined))
    return 'it was planned without metrics, and the policy judges by them (gate.evidence)';
  return null;
}

/**
 * Plays a journal again under another policy. While both policies answer every reading with the same write, the zone, the probes and the
 * metrics are what they would have been, and the run is exact; so are the words of people, where they make sense under it. From the first
 * reading on that they answer differently, it is a forecast. Fails with a sentence when the journal does not fit the policy.
 *
 * A hook or a failover that the journal's policy did not have takes no part: nobody knows what it would have said.
 */
export function* journalRun(
  events: readonly Event[],
  policy: Policy,
): Generator<RunProgress, Result<JournalRun, string>> {
  const objection = objectionToJournalRun(events, policy);
  const [first, ...later] = events;
  if (objection !== null || first?.type !== 'migration-planned') return err(objection ?? 'it is empty');
  const groups = groupsOf(later);
  const { journal: track, other: otherTrack, divergence } = yield* play(first, groups, policy, events);
  return ok({ id: first.plan.id, journal: track, other: otherTrack, divergence });
}

type Played = Omit<JournalRun, 'id'>;

function* play(
  first: Event & { type: 'migration-planned' },
  groups: readonly ReadingGroup[],
  policy: Policy,
  events: readonly Event[],
): Generator<RunProgress, Played> {
  let real = begin(first);
  let other = begin({ ...first, plan: { ...first.plan, policy: comparable(policy, real) } });
  const steps: { readonly real: RunStep[]; readonly other: RunStep[] } = { real: [], other: [] };
  let divergence: Divergence | null = null;
  let end: RunEnd | null = null;
  for (const [from, group] of groups.entries()) {
    const { at } = group.observation;
    if (end === null) {
      const parted = together(real, other, group);
      ({ divergence, other } = parted);
      steps.other.push(...parted.steps);
      if (isEnding(other)) end = endOf(other, at, false);
      else if (divergence !== null) {
        const ahead = yield* forecastOn({ events, groups, from, other, divergedAt: at });
        ({ end, state: other } = ahead);
        steps.other.push(...ahead.steps);
      }
    }
    for (const event of [observed(group.observation), ...group.rest]) {
      steps.real.push(...stepOf(real, event, false));
      real = apply(real, event);
    }
    yield { part: (from + 1) / groups.length, at, isForecast: divergence !== null };
  }
  const lastAt = groups.at(-1)?.observation.at ?? first.at;
  return {
    journal: {
      policy: first.plan.policy.name,
      steps: steps.real,
      end: journalEnd(events, steps.real, endOf(real, lastAt, false)),
      atTarget: userTotals(real, 'target'),
    },
    other: {
      policy: policy.name,
      steps: steps.other,
      end: end ?? endOf(other, lastAt, false),
      atTarget: userTotals(other, 'target'),
    },
    divergence,
  };
}

function observed(observation: Observation): Event {
  return { type: 'observed', at: observation.at, observation };
}

/** The policy without what the journal has no answers for. */
function comparable(policy: Policy, { plan }: MigrationState): Policy {
  const unknown = (['hooks', 'failover'] as const).filter((key) => plan.policy[key] === undefined);
  return without(policy, ['notify', ...unknown]);
}

/** What came after a first end, a late rollback or a restoration, is no more the policy's doing. */
function journalEnd(events: readonly Event[], steps: readonly RunStep[], end: RunEnd): RunEnd {
  const over = events.find(({ type }) => type === 'rollback-requested' || type === 'completed');
  if (over?.type === 'completed')
    return {
      end: 'completed',
      at: over.at,
      share: 100,
      isForecast: false,
      because: 'every stage was passed',
    };
  if (over?.type !== 'rollback-requested') return end;
  const share = steps.findLast(({ at }) => at <= over.at)?.share ?? 0;
  return { ...end, end: 'rolled-back', at: over.at, share, because: over.because };
}

/** A rollback that was asked for ends what is followed here; so does a halt, out of which only a person leads. */
function isEnding({ phase }: MigrationState): boolean {
  return !isLive(phase) || ['rolling-back', 'draining', 'halted'].includes(phase.phase);
}

interface Together {
  readonly other: MigrationState;
  readonly steps: readonly RunStep[];
  readonly divergence: Divergence | null;
}

/** One reading that both have, and what came of it under either policy. */
function together(real: MigrationState, before: MigrationState, group: ReadingGroup): Together {
  const { at } = group.observation;
  const seen = apply(real, observed(group.observation));
  let other = apply(
    before,
    observed({ ...group.observation, zone: translatedZone(seen, before, group.observation) }),
  );
  const hand = group.rest.find(isHand);
  if (hand !== undefined) return { other: applyIfLegal(other, hand), steps: [], divergence: null };
  const steps: RunStep[] = [];
  const take = (event: Event): void => {
    steps.push(...stepOf(other, event, false));
    other = apply(other, event);
  };
  const decided = decide(other);
  decided.forEach(take);
  const answers = { journal: answerOf(group.rest), other: answerOf(decided) };
  if (!sameMove(answers.journal, answers.other)) {
    const stay = (state: MigrationState): Answer => ({ move: null, because: statusOf(state, at).because });
    const divergence = {
      at,
      share: real.share,
      journal: answers.journal ?? stay(seen),
      other: answers.other ?? stay(other),
    };
    return { other, steps, divergence };
  }
  for (const event of group.rest.filter(isFromOutside)) {
    const said = forStageOf(other, event);
    if (isLegal(other, said)) take(said);
  }
  return { other, steps, divergence: null };
}

/** The zone as the other migration would have found it: the markers of the two differ in when the next write is due. */
function translatedZone(
  seen: MigrationState,
  other: MigrationState,
  { zone }: Observation,
): Observation['zone'] {
  if (zone.status !== 'image') return zone;
  const explanation = explain(seen, zone.image);
  const landed =
    explanation.kind === 'landed' ? other.intents.find(({ id }) => id === explanation.intent.id) : undefined;
  return landed === undefined ? { status: 'expected' } : { status: 'image', image: landed.after };
}
