import { unreachable } from '../../../src/core/result.js';
import { oracle } from './oracle.js';
import { alarmRule, type AlarmSettings } from './rivals/alarm.js';
import { argoRule, type ArgoSettings } from './rivals/argo.js';
import { flaggerRule, type FlaggerSettings } from './rivals/flagger.js';
import { kayentaRule, type KayentaSettings } from './rivals/kayenta.js';
import type { Rule } from './rule.js';
import { shiftRule } from './shift-rule.js';
import { shiftWeekRule } from './shift-week-rule.js';

/** A rule as plain data, so that it can be sent to a worker and committed. */
export type RuleSpec =
  | { readonly tool: 'shift' | 'oracle' }
  | { readonly tool: 'shift-week'; readonly historyMinutes: number }
  | RivalSpec;

export type RivalSpec =
  | { readonly tool: 'flagger'; readonly settings: FlaggerSettings }
  | { readonly tool: 'argo'; readonly settings: ArgoSettings }
  | { readonly tool: 'alarm'; readonly settings: AlarmSettings }
  | { readonly tool: 'kayenta'; readonly settings: KayentaSettings };

export function ruleOf(spec: RuleSpec): Rule {
  switch (spec.tool) {
    case 'shift':
      return shiftRule;
    case 'shift-week':
      return shiftWeekRule(spec.historyMinutes);
    case 'oracle':
      return oracle;
    case 'flagger':
      return flaggerRule(spec.settings);
    case 'argo':
      return argoRule(spec.settings);
    case 'alarm':
      return alarmRule(spec.settings);
    case 'kayenta':
      return kayentaRule(spec.settings);
    default:
      return unreachable(spec);
  }
}

/** As the tools' documentation and examples have them, without any calibration. */
export const documented: readonly RivalSpec[] = [
  { tool: 'flagger', settings: { threshold: 5, limit: 0.01 } },
  { tool: 'flagger', settings: { threshold: 10, limit: 0.01 } },
  {
    tool: 'argo',
    settings: { intervalMinutes: 5, limit: 0.05, failureLimit: 3, consecutiveErrorLimit: 4 },
  },
  {
    tool: 'argo',
    settings: { intervalMinutes: 1, limit: 0.01, failureLimit: 0, consecutiveErrorLimit: 4 },
  },
  { tool: 'alarm', settings: { limit: 0.01, m: 2, n: 3 } },
  { tool: 'alarm', settings: { limit: 0.05, m: 2, n: 3 } },
  { tool: 'kayenta', settings: { intervalMinutes: null, allowedIncrease: 1 } },
];

const limits = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5];

/** A kind of rule and every setting of it that the calibration tries. */
export interface Family {
  readonly name: string;
  readonly settings: readonly RivalSpec[];
}

function argoSettings(intervalMinutes: number): RivalSpec[] {
  return limits.flatMap((limit) =>
    [0, 1, 3, 9].map((failureLimit): RivalSpec => {
      // Whoever tunes for few false rollbacks turns off the limit that a gap in the metrics exhausts within a minute.
      const settings = { intervalMinutes, limit, failureLimit, consecutiveErrorLimit: null };
      return { tool: 'argo', settings };
    }),
  );
}

export const families: readonly Family[] = [
  {
    name: 'Flagger',
    settings: limits.flatMap((limit) =>
      [1, 3, 5, 10, 20].map((threshold): RivalSpec => ({ tool: 'flagger', settings: { threshold, limit } })),
    ),
  },
  { name: 'Argo 1 m', settings: argoSettings(1) },
  { name: 'Argo 5 m', settings: argoSettings(5) },
  {
    name: 'alarm',
    settings: limits.flatMap((limit) =>
      [
        { m: 1, n: 1 },
        { m: 2, n: 2 },
        { m: 2, n: 3 },
        { m: 3, n: 3 },
        { m: 3, n: 5 },
      ].map((points): RivalSpec => ({ tool: 'alarm', settings: { limit, ...points } })),
    ),
  },
  {
    name: 'Kayenta',
    settings: [1, 1.1, 1.25, 1.5, 2, 3, 5, 10].flatMap((allowedIncrease) =>
      [null, 5].map((intervalMinutes): RivalSpec => {
        return { tool: 'kayenta', settings: { intervalMinutes, allowedIncrease } };
      }),
    ),
  },
];
