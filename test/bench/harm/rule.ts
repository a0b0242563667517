import type { Counts } from '../../../src/core/gate/metrics/bucket.js';
import type { SideLog } from './world.js';

/** What a rule wants after a minute. `ask` leaves the weight where it is and waits for a person. */
export type Verdict = 'hold' | 'promote' | 'rollback' | 'ask';

/** The ladder that every rule climbs. */
export interface Ramp {
  readonly shares: readonly number[];
  /** The least time at each stage. */
  readonly dwellMinutes: readonly number[];
}

/** 10, 25 and 50 % for at least ten minutes each, then half an hour at 100 %. */
export const usualRamp: Ramp = { shares: [0.1, 0.25, 0.5, 1], dwellMinutes: [10, 10, 10, 30] };

/** What a rule may know at a minute. */
export class View {
  readonly ramp: Ramp;
  readonly target: SideLog;
  readonly source: SideLog;
  minute = 0;
  stage = 0;
  stageStart = 0;
  /** For the oracle only: when the fault began; null before that, and for a sound target. */
  faultSince: number | null = null;

  constructor(ramp: Ramp, target: SideLog, source: SideLog) {
    this.ramp = ramp;
    this.target = target;
    this.source = source;
  }

  /** The stage has lasted as long as it must. */
  get isDue(): boolean {
    return this.minute - this.stageStart >= (this.ramp.dwellMinutes[this.stage] ?? 0);
  }

  get isLastStage(): boolean {
    return this.stage === this.ramp.shares.length - 1;
  }

  /** The target's bucket `b`, if it can be read now. */
  targetAt(b: number): Counts | null {
    return b >= 0 && this.target.visible(b, this.minute)
      ? { n: this.target.n[b] ?? 0, e: this.target.e[b] ?? 0 }
      : null;
  }

  sourceAt(b: number): Counts | null {
    return b >= 0 && this.source.visible(b, this.minute)
      ? { n: this.source.n[b] ?? 0, e: this.source.e[b] ?? 0 }
      : null;
  }

  /** The newest buckets of the target that can be read, at most `count`, none older than `lookback` minutes; newest first. */
  newestOfTarget(count: number, lookback: number): Counts[] {
    const found: Counts[] = [];
    const oldest = Math.max(0, this.minute - lookback);
    for (let b = this.minute - 1; b >= oldest && found.length < count; b -= 1) {
      const counts = this.targetAt(b);
      if (counts !== null) found.push(counts);
    }
    return found;
  }
}

/** Judges one migration of one host, minute by minute. */
export interface Judge {
  judge(view: View): Verdict;
}

/** What a judge may know before the first weight change. */
export interface Before {
  readonly ramp: Ramp;
  /** Hosts that move together. */
  readonly hosts: number;
  /** So many of the source's last minutes; costs time, so only those who want it ask. */
  readonly history: (minutes: number) => readonly Counts[];
}

export interface Rule {
  readonly name: string;
  start(before: Before): Judge;
}
