import type { OriginBehaviour } from './origins/behaviour.js';
import type { Fault, FaultKind } from './route53/faults.js';
import type { Effect, Scenario, Step } from './scenario.js';
import type { TargetShare } from './target-share.js';

export interface ScenarioDriverOptions {
  readonly scenario: Scenario;
  /** Reads the share from the zone, changes that are still on their way included. */
  readonly readShare: () => TargetShare;
  /** How long an accepted change takes to reach every cache that had an answer with this TTL. */
  readonly settleMs: (ttlSeconds: number) => number;
  /** Requests per second of all clients together. */
  readonly clientsPerSecond: number;
  readonly target: { change(part: Partial<OriginBehaviour>): Promise<void> };
  readonly apiFaults: { add(fault: Fault): void; clear(kind?: FaultKind): void };
  /** Epoch milliseconds; never goes back. */
  readonly now: () => number;
}

/** An effect and when it began. */
export interface ScenarioEvent {
  readonly atMs: number;
  readonly effect: Effect;
}

const tickMs = 100;

/** Plays a scenario: looks at the zone ten times a second and begins each step once, when its time has come. */
export class ScenarioDriver {
  readonly #options: ScenarioDriverOptions;
  readonly #events: ScenarioEvent[] = [];
  readonly #waiting: { readonly step: Step; sinceMs: number | undefined }[];
  #outageEndsAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ScenarioDriverOptions) {
    this.#options = options;
    this.#waiting = options.scenario.steps.map((step) => ({ step, sinceMs: undefined }));
  }

  /** What has begun so far, oldest first. */
  events(): readonly ScenarioEvent[] {
    return [...this.#events];
  }

  /** Begins what is there from the start, and the clock. */
  start(): void {
    this.#begin(this.#options.scenario.fromStart);
    this.#timer = setInterval(() => this.tick(), tickMs);
  }

  /** Begins nothing more; what has begun stays, an outage included. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  /** One look at the zone. Called by the clock; tests call it in virtual time. */
  tick(): void {
    const { now, readShare, settleMs, apiFaults } = this.#options;
    const nowMs = now();
    if (this.#outageEndsAtMs !== undefined && nowMs >= this.#outageEndsAtMs) {
      this.#outageEndsAtMs = undefined;
      apiFaults.clear('stopped');
    }
    if (this.#waiting.length === 0) return;
    const share = readShare();
    for (const waiting of [...this.#waiting]) {
      const { targetPercent, observedForMs, effects } = waiting.step;
      if (!share.weighted || share.percent < targetPercent) {
        waiting.sinceMs = undefined;
        continue;
      }
      waiting.sinceMs ??= nowMs;
      const delayMs = observedForMs === undefined ? 0 : settleMs(share.ttlSeconds) + observedForMs;
      if (nowMs - waiting.sinceMs < delayMs) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      this.#begin(effects);
    }
  }

  #begin(effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.#events.push({ atMs: this.#options.now(), effect });
      this.#apply(effect);
    }
  }

  #apply(effect: Effect): void {
    const { target, apiFaults, clientsPerSecond, now } = this.#options;
    switch (effect.kind) {
      case 'target':
        void target.change(effect.behaviour);
        return;
      case 'target-capacity':
        void target.change({ capacityPerSecond: effect.fractionOfClients * clientsPerSecond });
        return;
      case 'api-fault':
        apiFaults.add(effect.fault);
        return;
      case 'api-outage':
        apiFaults.add({ kind: 'stopped' });
        this.#outageEndsAtMs = now() + effect.forMs;
        return;
      default:
        unreachable(effect);
    }
  }
}

function unreachable(effect: never): never {
  throw new Error(`A scenario has an effect that the lab does not know: ${JSON.stringify(effect)}`);
}
