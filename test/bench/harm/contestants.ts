import type { Calibration } from './calibration.js';
import { nameOfClass, type ServiceClass } from './cells.js';
import { documented, ruleOf, type RuleSpec } from './rule-table.js';

export type ContestantKind = 'shift' | 'oracle' | 'documented' | 'single' | 'tuned';

/** Who takes part, and with which rule in which class of services. */
export interface Contestant {
  readonly name: string;
  readonly kind: ContestantKind;
  /** Null where no setting of the family keeps the budget. */
  readonly ruleFor: (service: ServiceClass) => RuleSpec | null;
}

export const shift: Contestant = { name: 'shift', kind: 'shift', ruleFor: () => ({ tool: 'shift' }) };
export const oracle: Contestant = { name: 'oracle', kind: 'oracle', ruleFor: () => ({ tool: 'oracle' }) };

export const asDocumented: readonly Contestant[] = documented.map((spec) => ({
  name: ruleOf(spec).name,
  kind: 'documented',
  ruleFor: () => spec,
}));

/** The gate over a week, with as much of the source's history as it reads by default, and with a day of it. */
export const shiftWeeks: readonly Contestant[] = [
  { name: 'shift, three hours of history', minutes: 180 },
  { name: 'shift, a day of history', minutes: 1440 },
].map(({ name, minutes }) => ({
  name,
  kind: 'shift',
  ruleFor: () => ({ tool: 'shift-week', historyMinutes: minutes }),
}));

/** Each family with the one setting that does least harm within the budget. */
export function singles({ families }: Calibration): Contestant[] {
  return families.flatMap(({ single }): Contestant[] =>
    single === null ? [] : [{ name: ruleOf(single).name, kind: 'single', ruleFor: () => single }],
  );
}

/** Each family with a setting for each class of services. */
export function tunedPerClass({ families }: Calibration): Contestant[] {
  return families.map(({ name, tuned }) => ({
    name: `${name}, tuned`,
    kind: 'tuned',
    ruleFor: (service) => tuned[nameOfClass(service)] ?? null,
  }));
}
