import type { OriginBehaviour } from './origins/behaviour.js';
import type { Fault } from './route53/faults.js';

/** Something a scenario does to the world. */
export type Effect =
  | { readonly kind: 'target'; readonly behaviour: Partial<OriginBehaviour> }
  /** The target bears this part of the requests of all clients, and collapses above it. */
  | { readonly kind: 'target-capacity'; readonly fractionOfClients: number }
  | { readonly kind: 'api-fault'; readonly fault: Fault }
  /** The Route 53 API cuts every connection for a while. */
  | { readonly kind: 'api-outage'; readonly forMs: number };

/** Effects that begin when the host is shared by weights and the target has at least so much of it. */
export interface Step {
  readonly targetPercent: number;
  /**
   * For how long the share must have been under observation, that is after the change has reached every name server and every
   * cache; undefined for at once, when the change has been accepted.
   */
  readonly observedForMs: number | undefined;
  readonly effects: readonly Effect[];
}

export interface Scenario {
  /** What happens, in one sentence for people. */
  readonly summary: string;
  readonly fromStart: readonly Effect[];
  readonly steps: readonly Step[];
}

export type ScenarioName =
  'healthy' | 'target-errors' | 'target-slow' | 'target-dies' | 'capacity' | 'flaky-api';

const onceTwentyFivePercentAreObserved = { targetPercent: 25, observedForMs: 3_000 } as const;

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  healthy: {
    summary: 'Both sides work; one request in a thousand fails, as everywhere.',
    fromStart: [],
    steps: [],
  },
  'target-errors': {
    summary: 'The target answers nine of ten requests with 503 soon after it has got 25 % of them.',
    fromStart: [],
    steps: [
      {
        ...onceTwentyFivePercentAreObserved,
        effects: [{ kind: 'target', behaviour: { errors: { status: 503, fraction: 0.9 } } }],
      },
    ],
  },
  'target-slow': {
    summary: 'The target takes three seconds for nine of ten requests soon after it has got 25 % of them.',
    fromStart: [],
    steps: [
      {
        ...onceTwentyFivePercentAreObserved,
        effects: [{ kind: 'target', behaviour: { slow: { delayMs: 3_000, fraction: 0.9 } } }],
      },
    ],
  },
  'target-dies': {
    summary: 'The target refuses every connection soon after it has got 25 % of the requests.',
    fromStart: [],
    steps: [
      { ...onceTwentyFivePercentAreObserved, effects: [{ kind: 'target', behaviour: { dead: true } }] },
    ],
  },
  capacity: {
    summary: 'The target works well with a quarter of the requests and collapses under half of them.',
    // In the middle between both, each of which varies by chance.
    fromStart: [{ kind: 'target-capacity', fractionOfClients: 0.375 }],
    steps: [],
  },
  'flaky-api': {
    summary: 'Route 53 throttles, is unreachable at times, and loses answers to changes it has made.',
    // Nothing before the take-over: `start` would rightly refuse to begin.
    fromStart: [],
    // Something else at each stage, and nothing that stays but what a retry cures: the migration can always be completed.
    steps: [
      {
        targetPercent: 0,
        observedForMs: undefined,
        effects: [
          { kind: 'api-fault', fault: { kind: 'throttle', on: 'reads', fraction: 0.1 } },
          changesOfRecords('drop-reply', 1),
        ],
      },
      {
        targetPercent: 10,
        observedForMs: undefined,
        effects: [changesOfRecords('prior-request-not-complete', 2)],
      },
      { targetPercent: 25, observedForMs: 1_000, effects: [{ kind: 'api-outage', forMs: 3_000 }] },
      { targetPercent: 25, observedForMs: undefined, effects: [changesOfRecords('drop-reply', 1)] },
      {
        targetPercent: 50,
        observedForMs: undefined,
        effects: [changesOfRecords('throttle', 2), { kind: 'api-outage', forMs: 2_000 }],
      },
      { targetPercent: 100, observedForMs: undefined, effects: [changesOfRecords('drop-request', 1)] },
    ],
  },
};

/** A fault of the next changes of records, whenever they come. */
function changesOfRecords(kind: Fault['kind'], next: number): Effect {
  return { kind: 'api-fault', fault: { kind, actions: ['ChangeResourceRecordSets'], next } };
}

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(scenarios, text);
}
