/** What can be made to go wrong at an origin, switched while it runs. */
export interface OriginBehaviour {
  /** Fraction of requests that fail in good weather; the application answers them with 500. */
  readonly baseErrorFraction: number;
  /** Failing answers: 502, 503 and 504 come from the platform, other statuses from the application behind it. */
  readonly errors: { readonly status: number; readonly fraction: number } | undefined;
  /** Mean time the application takes for an answer, in milliseconds; some take three times as long. */
  readonly serviceTimeMs: number;
  /** Answers that are held back this long on top of that. */
  readonly slow: { readonly delayMs: number; readonly fraction: number } | undefined;
  /** Requests per second above which most requests fail with 503, until the load falls again. */
  readonly capacityPerSecond: number | undefined;
  /** Connections are refused: the listeners are closed and every socket is destroyed. */
  readonly dead: boolean;
}

/** What the lab's application takes: long enough for three times as long to show on a busy machine. */
export const usualServiceTimeMs = 25;

/** An origin in good weather, whose application takes no time. */
export const healthyBehaviour: OriginBehaviour = {
  baseErrorFraction: 0.001,
  errors: undefined,
  serviceTimeMs: 0,
  slow: undefined,
  capacityPerSecond: undefined,
  dead: false,
};

/** An overloaded service does not answer everyone slowly: queues fill and nearly all of its work is thrown away. */
const overloadedFailureFraction = 0.9;

/** What happens to one request. */
export interface Fate {
  readonly delayMs: number;
  /** The status of the failure, or undefined when the application answers as it should. */
  readonly failureStatus: number | undefined;
}

/**
 * Decides what happens to one request.
 *
 * Always takes five draws, whatever is switched on, so that switching one fault does not reshuffle the others.
 */
export function decideFate(
  behaviour: OriginBehaviour,
  arrivalsInLastSecond: number,
  random: () => number,
): Fate {
  const [overload, fault, base, delay, service] = [random(), random(), random(), random(), random()];
  const { capacityPerSecond, errors, slow, baseErrorFraction } = behaviour;
  const heldBackMs = slow !== undefined && delay < slow.fraction ? slow.delayMs : 0;
  const delayMs = heldBackMs + behaviour.serviceTimeMs * serviceFactor(service);
  if (capacityPerSecond !== undefined && arrivalsInLastSecond > capacityPerSecond) {
    if (overload < overloadedFailureFraction) return { delayMs, failureStatus: 503 };
  }
  if (errors !== undefined && fault < errors.fraction) return { delayMs, failureStatus: errors.status };
  if (base < baseErrorFraction) return { delayMs, failureStatus: 500 };
  return { delayMs, failureStatus: undefined };
}

/** Part of the time that no request can do without; the rest is exponentially distributed, as times of services are. */
const constantPart = 0.6;

/** The time of one request as a multiple of the mean: 0.6 to 3.4, the 95th percentile at 1.8. */
function serviceFactor(draw: number): number {
  return constantPart - (1 - constantPart) * Math.log(1 - Math.min(draw, 0.999));
}
