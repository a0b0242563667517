import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { estimateBaseline, type Baseline } from '../../../../src/core/gate/metrics/baseline.js';
import type { BucketRecord, Counts } from '../../../../src/core/gate/metrics/bucket.js';
import {
  bucketLn,
  bucketOk,
  clusterLn,
  rateNoiseLn,
} from '../../../../src/core/gate/metrics/bucket-evidence.js';
import { errorRule } from '../../../../src/core/gate/metrics/count-rule.js';
import { decide } from '../../../../src/core/gate/metrics/decision.js';
import { lnRising } from '../../../../src/core/gate/metrics/log-rising.js';
import { defaultParameters } from '../../../../src/core/gate/metrics/parameters.js';
import { referenceRate, type SourceWindow } from '../../../../src/core/gate/metrics/reference-rate.js';
import { signEvidence } from '../../../../src/core/gate/metrics/sign-evidence.js';
import { startMass } from '../../../../src/core/gate/metrics/start-mass.js';
import { instant, plus } from '../../../../src/core/time.js';

/** Vectors that were computed twice, once with fifty digits. Null stands for minus infinity. */
interface Golden {
  readonly hists: Readonly<Record<string, readonly Counts[]>>;
  readonly contexts: Readonly<
    Record<string, { n1: number; e1: number; n5: number; e5: number; nL: number; eL: number }>
  >;
  readonly sequences: Readonly<Record<string, Sequence>>;
  readonly vectors: readonly {
    readonly id: number;
    readonly fn: string;
    readonly args: readonly (number | string)[];
    readonly out: unknown;
  }[];
}

interface Sequence {
  readonly baseline: { readonly p: number };
  readonly rec: readonly {
    readonly stage: number;
    readonly T: Counts | null;
    readonly S: Counts | null;
    readonly pT: Counts | null;
    readonly pS: Counts | null;
  }[];
  readonly x: { readonly minutesInStage: number };
}

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/gates-golden.json', import.meta.url), 'utf8'),
) as Golden;

const rule = errorRule(defaultParameters);
const quiet = baseline('quiet');
const minute = 60_000;

test('there are 63 vectors', () => {
  expect(golden.vectors).toHaveLength(63);
});

test.each(golden.vectors)('vector $id: $fn($args)', ({ fn, args, out }) => {
  expectClose(compute(fn, args), out);
});

function compute(fn: string, args: readonly (number | string)[]): unknown {
  const [a, b, c, d] = args as [number, number, number, number];
  switch (fn) {
    case 'lnRising':
      return lnRising(a, b);
    case 'nb1':
      return clusterLn(a, b, c, d);
    case 'nb2':
      return rateNoiseLn(a, b, c, d);
    case 'estimateBaseline': {
      const { rate, errors, requests, phi, k } = baseline(String(args[0]));
      return { p: rate, E: errors, N: requests, phi, k };
    }
    case 'reference': {
      const { rate, errors, isIncident } = referenceRate(context(String(args[0])), quiet, rule);
      return { pr: rate, er: errors, incident: isIncident };
    }
    case 'bucketLn':
      return bucketLn(a, b, ...judged(String(args[2])), rule, d);
    case 'bucketOk': {
      const [reference, base] = judged(String(args[2]));
      return bucketOk(a, b, reference.rate, base, rule, d);
    }
    case 'startMass':
      return startMass(a, b, 4);
    case 'signChannel': {
      const signs = Int8Array.from(String(args[0]), Number);
      return signEvidence(
        { signs, tolerated: () => b },
        Float64Array.from(signs, (_, i) => startMass(i, i, 4)),
      );
    }
    case 'decide':
      return decided(String(args[0]));
    default:
      throw new Error(`no such function: ${fn}`);
  }
}

/** The context "none" goes with the history of the same name; the others with the quiet one. */
function judged(name: string): [ReturnType<typeof referenceRate>, Baseline] {
  const base = name === 'none' ? baseline('none') : quiet;
  return [referenceRate(context(name), base, rule), base];
}

function context(name: string): SourceWindow {
  if (name === 'none') return { n1: 30, e1: 0, n5: 150, e5: 0, n60: 60, e60: 0 };
  const { nL, eL, ...near } = golden.contexts[name]!;
  return { ...near, n60: nL, e60: eL };
}

function baseline(name: string): Baseline {
  return estimateBaseline(golden.hists[name]!, 0.0002);
}

/** Through the public entry: the sequence as records, with the history whose baseline it names. */
function decided(name: string): unknown {
  const { rec, x, baseline: named } = golden.sequences[name]!;
  const history = Object.keys(golden.hists).find(
    (hist) => Math.abs(baseline(hist).rate / named.p - 1) < 1e-12,
  );
  const since = instant(0);
  const records = rec.map(({ stage, T, S, pT, pS }, b): BucketRecord => ({
    at: plus(since, b * minute),
    stage,
    isSettled: true,
    requests: { source: S, target: T },
    probes: { source: pS, target: pT },
    slow: null,
    latency: null,
    gauges: {},
  }));
  const inStageMs = x.minutesInStage * minute;
  const decision = decide({
    parameters: { ...defaultParameters, maxPromotionNats: Infinity },
    history: { requests: golden.hists[history!]!, slow: [], latency: [], gauges: {} },
    records,
    since,
    stage: { index: rec.at(-1)!.stage, dwellMs: 10 * minute, observedMs: inStageMs, heldMs: inStageMs },
    now: plus(since, rec.length * minute),
  });
  const { action, topic, missing, evidence, promotion } = decision;
  const channel = (which: string): number | null => evidence.channels.find(({ name: n }) => n === which)!.ln;
  return {
    lnErr: channel('errors'),
    lnProbe: channel('probes'),
    lnE: evidence.ln,
    S: promotion.nats,
    n: promotion.n,
    action,
    why: action === 'rollback' ? [topic] : missing,
  };
}

function expectClose(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number') {
    expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-8 * Math.abs(expected));
  } else if (expected !== null && typeof expected === 'object' && !Array.isArray(expected)) {
    const fields = Object.entries(expected);
    expect(fields.length).toBeGreaterThan(0);
    for (const [key, value] of fields) expectClose((actual as Record<string, unknown>)[key], value);
  } else {
    expect(actual).toEqual(expected);
  }
}
