import type { Cell } from './cells.js';
import { migrate, type Outcome } from './migration.js';
import { usualRamp, type Ramp } from './rule.js';
import { ruleOf, type RuleSpec } from './rule-table.js';
import { tallyOf, type Tally } from './tally.js';

/** Many runs of one cell under one rule. The same seed gives the same weather to every rule. */
export interface Job {
  readonly rule: RuleSpec;
  readonly cell: Cell;
  readonly seed: number;
  readonly runs: number;
  readonly ramp?: Ramp;
  readonly hosts?: number;
  /** When so many have rolled back nobody wants to know the rest. */
  readonly enoughRollbacks?: number;
}

export function work(job: Job): Tally {
  const { cell, seed, ramp = usualRamp, hosts = 1, enoughRollbacks = Infinity } = job;
  const rule = ruleOf(job.rule);
  const outcomes: Outcome[] = [];
  let rollbacks = 0;
  for (let run = 0; run < job.runs && rollbacks < enoughRollbacks; run += 1) {
    const outcome = migrate({ cell, rule, seed, run, ramp, hosts });
    if (outcome.end === 'rolled-back') rollbacks += 1;
    outcomes.push(outcome);
  }
  return tallyOf(outcomes, ramp.shares.length - 1);
}
