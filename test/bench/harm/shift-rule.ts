import type { BucketRecord, Counts } from '../../../src/core/gate/metrics/bucket.js';
import { decide } from '../../../src/core/gate/metrics/decision.js';
import type { GateDecision } from '../../../src/core/gate/metrics/gate-decision.js';
import { defaultParameters, type GateParameters } from '../../../src/core/gate/metrics/parameters.js';
import { instant, plus, type Instant } from '../../../src/core/time.js';
import type { Before, Judge, Rule, Verdict, View } from './rule.js';

const minuteMs = 60_000;
const since: Instant = instant(1_893_499_200_000);
/** The change has reached the name servers and its TTL has passed. */
const settlingMinutes = 1.5;
/** What the product reads before the first weight change. */
export const historyMinutes = 180;
/** Readings older than this do not change any more. */
export const latestMinutes = 4;

/** The product's own gate, fed with the records that it would have journalled. One default for every service. */
export const shiftRule: Rule = {
  name: 'shift',
  start: (before) => new ShiftJudge(before),
};

export class ShiftJudge implements Judge {
  readonly #parameters: GateParameters;
  readonly #history: readonly Counts[];
  readonly #records: BucketRecord[] = [];

  constructor({ ramp, hosts, history }: Before) {
    this.#parameters = { ...defaultParameters, shares: ramp.shares, hosts };
    this.#history = history(historyMinutes);
  }

  judge(view: View): Verdict {
    this.record(view);
    return this.decide(view).action;
  }

  /** Adds the bucket that has just ended and reads the latest ones again. */
  record(view: View): void {
    const { minute, stage, stageStart } = view;
    const last = minute - 1;
    this.#records[last] = {
      at: plus(since, last * minuteMs),
      stage,
      isSettled: last >= stageStart + settlingMinutes,
      requests: { source: null, target: null },
      probes: { source: view.source.probesAt(last), target: view.target.probesAt(last) },
      slow: null,
      latency: null,
      gauges: {},
    };
    for (let b = Math.max(0, minute - latestMinutes); b < minute; b += 1) {
      const record = this.#records[b];
      if (record === undefined) continue;
      const requests = { source: view.sourceAt(b), target: view.targetAt(b) };
      this.#records[b] = { ...record, requests };
    }
  }

  decide(view: View): GateDecision {
    const { minute, stage, stageStart, ramp } = view;
    const inStageMs = (minute - stageStart) * minuteMs;
    return decide({
      parameters: this.#parameters,
      history: { requests: this.#history, slow: [], latency: [], gauges: {} },
      records: this.#records,
      since,
      stage: {
        index: stage,
        dwellMs: (ramp.dwellMinutes[stage] ?? 0) * minuteMs,
        observedMs: inStageMs,
        heldMs: inStageMs,
      },
      now: plus(since, minute * minuteMs),
    });
  }
}
