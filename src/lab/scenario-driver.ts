import type { MetricsBehaviour } from './metrics-behaviour.js';
import type { OriginBehaviour } from './origins/behaviour.js';
import type { Fault, FaultKind } from './route53/faults.js';
import type { Effect, Scenario, Step } from './scenario.js';
import type { TargetShare } from './target-share.js';

/** What a scenario can change at a side. */
export interface DrivenSide {
  readonly origin: { change(part: Partial<OriginBehaviour>): Promise<void> };
  readonly metrics: { change(part: Partial<MetricsBehaviour>): void };
}

export interface ScenarioDriverOptions {
  readonly scenario: Scenario;
  /** Reads the share from the zone, changes that are still on their way included. */
  readonly readShare: () => TargetShare;
  /** How long an accepted change takes to reach every cache that had an answer with this TTL. */
  readonly settleMs: (ttlSeconds: number) => number;
  /** Requests per second of all clients together. */
  readonly clientsPerSecond: number;
  readonly source: DrivenSide;
  readonly target: DrivenSide;
  /** Undefined for a lab without clients. */
  readonly clients: { setRate(requestsPerSecond: number): void } | undefined;
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
  /** What ends by itself, and when. */
  readonly #endings: { readonly atMs: number; readonly end: () => void }[] = [];
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
    const { now, readShare, settleMs } = this.#options;
    const nowMs = now();
    for (const ending of [...this.#endings]) {
      if (nowMs < ending.atMs) continue;
      this.#endings.splice(this.#endings.indexOf(ending), 1);
      ending.end();
    }
    if (this.#waiting.length === 0) return;
    const share = readShare();
    for (const waiting of [...this.#waiting]) {
      const { targetPercent, begins, effects } = waiting.step;
      if (!share.weighted || share.percent < targetPercent) {
        waiting.sinceMs = undefined;
        continue;
      }
      waiting.sinceMs ??= nowMs;
      const settlingMs = begins.after === 'observed' ? settleMs(share.ttlSeconds) : 0;
      if (nowMs - waiting.sinceMs < settlingMs + begins.ms) continue;
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
    const { source, target, clients, apiFaults, clientsPerSecond } = this.#options;
    switch (effect.kind) {
      case 'target':
        void target.origin.change(effect.behaviour);
        return;
      case 'target-capacity':
        void target.origin.change({ capacityPerSecond: effect.fractionOfClients * clientsPerSecond });
        return;
      case 'shared-errors':
        for (const { origin } of [source, target]) {
          void origin.change({ errors: effect.errors });
          this.#endAfter(effect.forMs, () => void origin.change({ errors: undefined }));
        }
        return;
      case 'api-fault':
        apiFaults.add(effect.fault);
        return;
      case 'api-outage':
        apiFaults.add({ kind: 'stopped' });
        this.#endAfter(effect.forMs, () => apiFaults.clear('stopped'));
        return;
      case 'metrics':
        if (effect.of === 'both') source.metrics.change(effect.behaviour);
        target.metrics.change(effect.behaviour);
        return;
      case 'clients':
        clients?.setRate(effect.requestsPerSecond);
        return;
      default:
        unreachable(effect);
    }
  }

  #endAfter(forMs: number, end: () => void): void {
    this.#endings.push({ atMs: this.#options.now() + forMs, end });
  }
}

function unreachable(effect: never): never {
  throw new Error(`A scenario has an effect that the lab does not know: ${JSON.stringify(effect)}`);
}
