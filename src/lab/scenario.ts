import type { MetricsBehaviour } from './metrics-behaviour.js';
import { usualServiceTimeMs, type OriginBehaviour } from './origins/behaviour.js';
import type { Population } from './population.js';
import type { Fault } from './route53/faults.js';
import type { ScenarioName } from './scenario-name.js';

/** Something a scenario does to the world. */
export type Effect =
  | { readonly kind: 'target'; readonly behaviour: Partial<OriginBehaviour> }
  /** The target bears this part of the requests of all clients, and collapses above it. */
  | { readonly kind: 'target-capacity'; readonly fractionOfClients: number }
  /** Both sides fail alike for a while, as when the database behind them does. */
  | { readonly kind: 'shared-errors'; readonly errors: OriginBehaviour['errors']; readonly forMs: number }
  | { readonly kind: 'api-fault'; readonly fault: Fault }
  /** The Route 53 API cuts every connection for a while. */
  | { readonly kind: 'api-outage'; readonly forMs: number }
  /** What the platforms tell of the sides; the sides themselves go on as they are. */
  | {
      readonly kind: 'metrics';
      readonly of: 'both' | 'target';
      readonly behaviour: Partial<MetricsBehaviour>;
    }
  /** Every client sends so many requests a second from now on. */
  | { readonly kind: 'clients'; readonly requestsPerSecond: number };

/** Effects that begin when the host is shared by weights and the target has at least so much of it. */
export interface Step {
  readonly targetPercent: number;
  /**
   * How long after the change of the share: counted from when it was accepted, or from when the share is under observation because
   * the change has reached every name server and every cache.
   */
  readonly begins: { readonly after: 'accepted' | 'observed'; readonly ms: number };
  readonly effects: readonly Effect[];
}

export interface Scenario {
  /** What happens, in one sentence for people. */
  readonly summary: string;
  readonly fromStart: readonly Effect[];
  readonly steps: readonly Step[];
  /** Users, where the usual ones would not show what the scenario is about. */
  readonly population?: Population;
}

const atOnce = { after: 'accepted', ms: 0 } as const;
const atTwentyFivePercent = { targetPercent: 25, begins: atOnce } as const;
const onceTwentyFivePercentAreObserved = {
  targetPercent: 25,
  begins: { after: 'observed', ms: 3_000 },
} as const;

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
  'target-degrades': {
    summary: 'Two of a hundred requests begin to fail at the target soon after it has got 25 % of them.',
    fromStart: [],
    steps: [
      {
        ...onceTwentyFivePercentAreObserved,
        effects: [{ kind: 'target', behaviour: { errors: { status: 500, fraction: 0.02 } } }],
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
  'slow-target': {
    summary:
      'From 25 % on the target takes three times as long for every request, and still answers all of them.',
    fromStart: [],
    steps: [
      {
        ...atTwentyFivePercent,
        effects: [{ kind: 'target', behaviour: { serviceTimeMs: 3 * usualServiceTimeMs } }],
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
  'target-dark': {
    summary: 'From 25 % on nothing is told of the target any more, which works; the source tells as before.',
    fromStart: [],
    steps: [{ ...atTwentyFivePercent, effects: [metrics('target', { silenced: true })] }],
  },
  'shared-outage': {
    summary: 'Six seconds after the step to 25 % one request in five fails on both sides, for ten seconds.',
    fromStart: [],
    steps: [
      {
        targetPercent: 25,
        begins: { after: 'accepted', ms: 6_000 },
        effects: [{ kind: 'shared-errors', errors: { status: 500, fraction: 0.2 }, forMs: 10_000 }],
      },
    ],
  },
  capacity: {
    summary: 'The target works well with a quarter of the requests and collapses under half of them.',
    // In the middle between both, each of which varies by chance.
    fromStart: [{ kind: 'target-capacity', fractionOfClients: 0.375 }],
    steps: [],
  },
  'low-traffic': {
    summary: 'Four users send two requests a second in all: too few to say much about a target.',
    fromStart: [],
    steps: [],
    population: { resolvers: 4, requestsPerSecond: 0.5 },
  },
  night: {
    summary: 'When the target has got 25 %, all users go to sleep.',
    fromStart: [],
    steps: [{ ...atTwentyFivePercent, effects: [{ kind: 'clients', requestsPerSecond: 0 }] }],
  },
  'metrics-late': {
    summary: 'From the take-over on both sides tell of everything, two seconds later than usual.',
    fromStart: [],
    // Later still, and the newest bucket would be too old to judge by under the times of lab.yaml.
    steps: [{ targetPercent: 0, begins: atOnce, effects: [metrics('both', { delayMs: 2_000 })] }],
  },
  'metrics-missing': {
    summary: 'From 25 % on nothing is told of either side any more; both work.',
    fromStart: [],
    steps: [{ ...atTwentyFivePercent, effects: [metrics('both', { silenced: true })] }],
  },
  'flaky-api': {
    summary: 'Route 53 throttles, is unreachable at times, and loses answers to changes it has made.',
    // Nothing before the take-over: `start` would rightly refuse to begin.
    fromStart: [],
    // Something else at each stage, and nothing that stays but what a retry cures: the migration can always be completed.
    steps: [
      {
        targetPercent: 0,
        begins: atOnce,
        effects: [
          { kind: 'api-fault', fault: { kind: 'throttle', on: 'reads', fraction: 0.1 } },
          changesOfRecords('drop-reply', 1),
        ],
      },
      { targetPercent: 10, begins: atOnce, effects: [changesOfRecords('prior-request-not-complete', 2)] },
      {
        targetPercent: 25,
        begins: { after: 'observed', ms: 1_000 },
        effects: [{ kind: 'api-outage', forMs: 3_000 }],
      },
      { ...atTwentyFivePercent, effects: [changesOfRecords('drop-reply', 1)] },
      {
        targetPercent: 50,
        begins: atOnce,
        effects: [changesOfRecords('throttle', 2), { kind: 'api-outage', forMs: 2_000 }],
      },
      { targetPercent: 100, begins: atOnce, effects: [changesOfRecords('drop-request', 1)] },
    ],
  },
};

/** A fault of the next changes of records, whenever they come. */
function changesOfRecords(kind: Fault['kind'], next: number): Effect {
  return { kind: 'api-fault', fault: { kind, actions: ['ChangeResourceRecordSets'], next } };
}

function metrics(of: 'both' | 'target', behaviour: Partial<MetricsBehaviour>): Effect {
  return { kind: 'metrics', of, behaviour };
}

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(scenarios, text);
}
