import { endingOn } from './alias-records.js';
import { compareAndSwap, type ChangeBatch } from './change-batch.js';
import { attachableChecks } from './failover/attachment.js';
import type { Intent, IntentKind } from './intent.js';
import { breakGlassIntent, readMarker } from './marker.js';
import type { MigrationState } from './migration-state.js';
import type { Observation } from './observation.js';
import type { RecordImage } from './record-image.js';
import { shareOf, stageDwellMs, stageOfShare, stageShare, weightedPair } from './share.js';
import { plus, type Instant } from './time.js';
import { finalImage, pairImage, sourceImage, type MarkerSeed } from './zone-image.js';

/** What an intent needs from outside the state: when, under which id, after which journal entry, from where. */
export type IntentOrigin = Pick<Observation, 'at' | 'nextIntentId' | 'journalHead' | 'machine'>;

/** The take-over: what stands there becomes the pair at 100/0 with the low TTL. No traffic moves. */
export function takeOverIntent(state: MigrationState, origin: IntentOrigin): Intent {
  const seed = markerSeed(state, origin, 0);
  return intent(state, origin, 'take-over', 0, pairImage(state.plan, 0, seed), seed);
}

/** The step to a stage of the policy; `leap` says who allowed it to go past the next one. */
export function stageIntent(
  state: MigrationState,
  origin: IntentOrigin,
  stage: number,
  leap: Intent['leap'] | null = null,
): Intent {
  const share = stageShare(state.plan.policy, stage);
  const seed = markerSeed(state, origin, share);
  const checks = attachableChecks(state, origin.at);
  const step = intent(state, origin, 'stage', share, pairImage(state.plan, share, seed, checks), seed);
  return leap === null ? step : { ...step, leap };
}

/** The end of a migration: one plain record to the target with the normal TTL, or the alias that the plan or a person's word wants. */
export function finalizeIntent(state: MigrationState, origin: IntentOrigin): Intent {
  const seed = markerSeed(state, origin, 100);
  const plan = endingOn(state.plan, state.promotion?.aliasEnds);
  return intent(state, origin, 'finalize', 100, finalImage(plan, seed), seed);
}

/** The first try of a rollback: one call without any read, straight from the last receipt to the plain record to the source. */
export function rollbackIntent(state: MigrationState, origin: IntentOrigin): Intent {
  const seed = rollbackSeed(state, origin, state.image);
  return intent(state, origin, 'rollback', 0, sourceImage(state.plan, seed), seed);
}

/** A rollback write made from what was just read: its batch and what it leaves behind. */
export function rollbackStepIntent(
  origin: IntentOrigin,
  seed: MarkerSeed,
  step: { before: RecordImage; after: RecordImage; batch: ChangeBatch },
): Intent {
  return { ...frame(origin, 'rollback', 0, seed), ...step };
}

/**
 * What the markers of a rollback say. Its generation is above everything that was ever intended or found, because a forward
 * write it supersedes may still have landed, and a marker's generation only grows.
 */
export function rollbackSeed(state: MigrationState, origin: IntentOrigin, found: RecordImage): MarkerSeed {
  return seedAbove(state, origin, found, 0);
}

/** What the markers of a write say that was made from a reading: a generation above everything that was ever intended or found. */
export function seedAbove(
  state: MigrationState,
  origin: IntentOrigin,
  found: RecordImage,
  share: number,
): MarkerSeed {
  const intended = state.intents.map((intended) => intended.generation);
  const standing = found.map((host) => readMarker(host.marker)?.generation ?? 0);
  const generation = Math.max(state.generation, ...intended, ...standing) + 1;
  return { ...markerSeed(state, origin, share), generation };
}

/**
 * `collapse.json`: what a person applies after `drain.json`, the compare-and-swap from the drained pair to the plain record to
 * the source; once a migration is finalized, from the plain record to the target. Its marker carries an id of its own, so that
 * the controller recognises the file's work as a rollback by hand.
 */
export function collapseBatch(state: MigrationState, intent: Intent): ChangeBatch {
  const { plan } = state;
  const origin = { at: intent.openedAt, nextIntentId: breakGlassIntent, journalHead: '' };
  const seed = { ...markerSeed(state, origin, 0), generation: intent.generation + 1 };
  const drained = intent.after.map((image) => {
    const host = plan.hosts.find((candidate) => candidate.host === image.host);
    if (host === undefined || shareOf(image.records) === null) return image;
    return { ...image, records: weightedPair(host, 0, plan.policy.ttlSeconds) };
  });
  return compareAndSwap(
    drained,
    sourceImage(plan, seed),
    `shift ${plan.id} break-glass: plain record to the source`,
  );
}

/** What the markers of the next forward write say. */
function markerSeed(state: MigrationState, origin: IntentOrigin, share: number): MarkerSeed {
  return {
    generation: state.generation + 1,
    intentId: origin.nextIntentId,
    head: origin.journalHead,
    due: dueAfter(state, origin.at, share),
    ...(origin.machine !== undefined && { by: origin.machine }),
  };
}

function intent(
  state: MigrationState,
  origin: IntentOrigin,
  kind: IntentKind,
  share: number,
  after: RecordImage,
  seed: MarkerSeed,
): Intent {
  const base = frame(origin, kind, share, seed);
  const comment = `shift ${state.plan.id} ${kind} ${share}% generation ${base.generation}`;
  return { ...base, before: state.image, after, batch: compareAndSwap(state.image, after, comment) };
}

type Frame = Omit<Intent, 'before' | 'after' | 'batch'>;

/** An intent without what it does to the zone. */
export function frame(origin: IntentOrigin, kind: IntentKind, share: number, seed: MarkerSeed): Frame {
  return { id: seed.intentId, kind, generation: seed.generation, share, openedAt: origin.at };
}

/** After settling, the dwell and the longest hold, the controller either writes again or asks; with one gap's grace. */
function dueAfter(state: MigrationState, at: Instant, share: number): Instant {
  const { policy } = state.plan;
  const stage = stageOfShare(policy, share) ?? policy.stages.length - 1;
  const replacedTtls = state.image.flatMap((host) => host.records.map((record) => record.ttl ?? 0));
  const settleMs = Math.max(policy.ttlSeconds, ...replacedTtls) * 1000 + policy.tailMs + settleAllowanceMs;
  return plus(at, settleMs + stageDwellMs(policy, stage) + policy.gate.maxHoldMs + policy.gapAfterMs);
}

/** How long a change may take to reach all name servers before someone should look; usually it is a minute (Route 53 Developer Guide). */
const settleAllowanceMs = 15 * 60_000;
