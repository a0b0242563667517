import type { Event } from './event.js';
import type { HookReply, HookState } from './hook-state.js';
import type { MigrationState } from './migration-state.js';
import { unreachable } from './result.js';
import { elapsed, plus, type Instant } from './time.js';

type HookEvent = Event & { type: 'hook-asked' | 'hook-answered' };

/** A hook that held is asked again this often, or at every tick where ticks are rarer. */
const askEveryMs = 60_000;
/** A permission is for now: older than this, or than three ticks, it is asked for again. */
const goodForMs = 300_000;

export function hookAfter(hook: HookState | null, event: HookEvent): HookState | null {
  if (event.type === 'hook-asked') return { stage: event.stage, askedAt: event.at, answered: null };
  const { at, answer, because } = event;
  return hook && { ...hook, answered: { at, answer, because } };
}

/** True while a question to the hook is open. */
export function isAwaited({ hook }: MigrationState): boolean {
  return hook !== null && hook.answered === null;
}

/** Why an answer cannot be taken now, or null. */
export function objectionToAnswer(state: MigrationState, stage: number): string | null {
  const isAsked = isAwaited(state) && state.hook?.stage === stage;
  return isAsked ? null : 'nobody asked the hook about that stage';
}

/** What a stage that the gate allows still waits for, in words; null when it is not the hook. */
export function hookWait({ hook }: MigrationState, stage: number): string | null {
  if (hook?.stage !== stage || hook.answered?.answer === 'go') return null;
  return hook.answered === null ? 'the before-stage hook is asked' : heldWords(hook.answered);
}

function heldWords({ answer, because }: HookReply): string {
  const what = answer === 'hold' ? 'the before-stage hook refuses' : 'the before-stage hook gave no answer';
  return `${what}: ${because}`;
}

/** What the hook makes of a promotion that the gate allows. */
type HookStep =
  | { readonly kind: 'go' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'await' }
  | { readonly kind: 'hold'; readonly because: string };

/**
 * Null when the stage may begin; otherwise what happens instead, if anything. Pure: asking is an event, and so is the answer, so that
 * the same journal gives the same decision again.
 */
export function stopAtHook(
  state: MigrationState,
  stage: number,
  because: string,
  at: Instant,
): { readonly event: Event | null } | null {
  const step = hookStep(state, stage, at);
  switch (step.kind) {
    case 'go':
      return null;
    case 'ask':
      return { event: { type: 'hook-asked', at, stage, because } };
    case 'await':
      return { event: null };
    case 'hold':
      return {
        event: state.held === 'hook' ? null : { type: 'held', at, topic: 'hook', because: step.because },
      };
    default:
      return unreachable(step);
  }
}

function hookStep(state: MigrationState, stage: number, now: Instant): HookStep {
  const { policy } = state.plan;
  const asked = policy.hooks?.beforeStage;
  if (asked === undefined || stage >= policy.stages.length) return { kind: 'go' };
  const hook = state.hook?.stage === stage ? state.hook : null;
  if (hook === null) return { kind: 'ask' };
  const { answered } = hook;
  // No answer was recorded: the process that asked ended before.
  if (answered === null) {
    const patienceMs = asked.timeoutMs + Math.max(askEveryMs, policy.tickEveryMs);
    return now >= plus(hook.askedAt, patienceMs) ? { kind: 'ask' } : { kind: 'await' };
  }
  const age = elapsed(answered.at, now);
  if (answered.answer === 'go')
    return age <= Math.max(goodForMs, 3 * policy.tickEveryMs) ? { kind: 'go' } : { kind: 'ask' };
  if (age >= askEveryMs) return { kind: 'ask' };
  return { kind: 'hold', because: heldWords(answered) };
}
