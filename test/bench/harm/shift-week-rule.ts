import { suspicionNats } from '../../../src/core/gate/metrics/parameters.js';
import { RunningEvidence } from './running-evidence.js';
import type { Before, Judge, Rule, Verdict, View } from './rule.js';
import { latestMinutes, ShiftJudge } from './shift-rule.js';

/** The target is silent for so long that the gate may say something about it. */
const silentMinutes = 14;
/** Fewer failed probes in one minute are no news. */
const telling = 2;

/**
 * The product's own gate over a week. It is asked only in the minutes in which it could say anything but "hold": under suspicion, when
 * probes fail, when the target is silent, and when the stage has lasted long enough. The records are complete all the same.
 */
export function shiftWeekRule(historyMinutes: number): Rule {
  return { name: 'shift', start: (before) => new ShiftWeekJudge(before, historyMinutes) };
}

class ShiftWeekJudge implements Judge {
  readonly #gate: ShiftJudge;
  readonly #evidence: RunningEvidence;
  readonly #stages: number[] = [];
  #newest = 0;

  constructor(before: Before, historyMinutes: number) {
    const history = before.history(historyMinutes);
    this.#gate = new ShiftJudge({ ...before, history: () => history });
    this.#evidence = new RunningEvidence(history, before.ramp.shares.length);
  }

  judge(view: View): Verdict {
    this.#gate.record(view);
    const { minute, stage } = view;
    this.#stages[minute - 1] = stage;
    const first = Math.max(0, minute - latestMinutes);
    const readings = this.#stages.slice(first).map((stageThen, i) => ({
      stage: stageThen,
      target: view.targetAt(first + i),
      source: view.sourceAt(first + i),
      sourceProbes: view.source.probesAt(first + i),
    }));
    const ln = this.#evidence.read(first, readings);
    if (readings.some(({ target }) => target !== null)) this.#newest = minute;
    const failed = view.target.probesAt(minute - 1).e;
    const isTelling =
      ln >= suspicionNats ||
      failed >= telling ||
      view.isDue ||
      minute - this.#newest >= silentMinutes - latestMinutes;
    return isTelling ? this.#gate.decide(view).action : 'hold';
  }
}
