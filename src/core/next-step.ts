import { askFrom, mayAsk } from './asking.js';
import { isOpen, nextOpening } from './calendar.js';
import { dwellMsOf } from './dwell.js';
import type { MigrationState } from './migration-state.js';
import { shareAfter } from './operator-word.js';
import { settledAt, type Observing } from './phase.js';
import { instant, plus, type Instant } from './time.js';

/** What happens next, the earliest time for it, and what it waits for until then. */
export interface NextStep {
  readonly what: string;
  readonly at: Instant;
  /** `question`: for the time at which its answer can soon be used, which the calendar says. */
  readonly waitsFor: 'caches' | 'dwell' | 'calendar' | 'deadline' | 'question';
}

/** Null when nothing will happen by itself, or when nobody can tell when. */
export function nextStepOf(state: MigrationState, now: Instant): NextStep | null {
  const { phase, plan } = state;
  if (state.pause !== null) return null;
  switch (phase.phase) {
    case 'planned':
      return opensFor(state, 'take-over', now);
    case 'settling': {
      const at = settledAt(phase.settle);
      return at && { what: phase.stage < 0 ? 'first stage' : 'observe', at, waitsFor: 'caches' };
    }
    case 'observing':
      return afterDwell(state, phase, now);
    case 'waiting':
      return state.approval === null ? null : opensFor(state, stepAfter(plan.policy, phase.observing), now);
    case 'taking-over':
    case 'shifting':
    case 'finalizing':
    case 'completed':
    case 'rolling-back':
    case 'draining':
    case 'rolled-back':
    case 'halted':
    case 'adopting':
    case 'restoring':
    case 'restored':
    case 'forgetting':
    case 'forgotten':
      return null;
  }
}

function afterDwell(state: MigrationState, observing: Observing, now: Instant): NextStep | null {
  const { policy } = state.plan;
  const { calendar, stages } = policy;
  const ends = plus(observing.dwellFrom, dwellMsOf(state, observing));
  const what = stepAfter(policy, observing);
  const isManual = stages[observing.stage + 1]?.needsApproval === true && state.approval === null;
  const due = calendar === undefined ? ends : nextOpening(calendar, instant(Math.max(ends, now)));
  const deadline = calendar?.deadline ?? null;
  if (due === null || (deadline !== null && due >= deadline))
    return deadline && { what: 'a person is asked', at: askFrom(policy, deadline), waitsFor: 'deadline' };
  if (isManual) {
    const first = askFrom(policy, ends);
    const at = first > now || mayAsk(policy, now) ? first : askFrom(policy, now);
    const asked = `a person is asked to approve ${what}`;
    return { what: asked, at, waitsFor: at === ends ? 'dwell' : 'question' };
  }
  if (due > ends && due > now) return { what, at: due, waitsFor: 'calendar' };
  return { what, at: ends, waitsFor: 'dwell' };
}

function stepAfter(policy: MigrationState['plan']['policy'], { stage }: Observing): string {
  return stage + 1 < policy.stages.length ? `${shareAfter(policy, stage)}%` : 'finalize';
}

/** Something that is ready and waits for the calendar alone; null where the next tick does it. */
function opensFor({ plan }: MigrationState, what: string, now: Instant): NextStep | null {
  const { calendar } = plan.policy;
  if (calendar === undefined || isOpen(calendar, now)) return null;
  const at = nextOpening(calendar, now);
  return at && { what, at, waitsFor: 'calendar' };
}
