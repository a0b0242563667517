import type { Cell } from './cells.js';
import { Clients } from './clients.js';
import { usualRamp, View, type Ramp, type Rule, type Verdict } from './rule.js';
import { World } from './world.js';

/** After a migration ends without a rollback, or waits for a person, nobody notices the fault for this long. */
const unnoticedMinutes = 60;

export interface Outcome {
  readonly end: 'rolled-back' | 'completed' | 'parked';
  /** The minute of the end. */
  readonly minutes: number;
  /** The highest stage reached. */
  readonly stage: number;
  /** Requests that failed only because of the fault, in minutes of the service's full traffic; for a group, of one of its hosts. */
  readonly harm: number;
  /** From the beginning of the fault to the rollback; null without either. */
  readonly delay: number | null;
}

export interface MigrationOptions {
  readonly cell: Cell;
  readonly rule: Rule;
  readonly seed: number;
  readonly run: number;
  readonly ramp?: Ramp;
  /** Hosts that move together; only the first has the cell's fault. */
  readonly hosts?: number;
}

/** Plays one migration under one rule. */
export function migrate({ cell, rule, seed, run, ramp = usualRamp, hosts = 1 }: MigrationOptions): Outcome {
  const minutesOfRamp = ramp.dwellMinutes.reduce((sum, minutes) => sum + minutes, 0);
  const group = Array.from({ length: hosts }, (_, i) => {
    const world = new World(i === 0 ? cell : { ...cell, fault: null }, seed + i, run, minutesOfRamp);
    const judge = rule.start({ ramp, hosts, history: (minutes) => world.history(minutes) });
    return { world, judge, view: new View(ramp, world.target, world.source) };
  });
  const clients = new Clients();
  clients.setWeight(0, ramp.shares[0] ?? 0);
  let stage = 0;
  let stageStart = 0;
  let faultSince: number | null = null;
  let harm = 0;
  for (let minute = 0; ; minute += 1) {
    if (faultSince === null && isFaulty(cell, stage, minute)) faultSince = minute;
    const share = clients.shareBetween(minute, minute + 1);
    if (faultSince !== null) harm += share * excessRate(cell);
    for (const [i, { world }] of group.entries()) world.play(share, i === 0 && faultSince !== null);
    const verdict = worst(
      group.map(({ judge, view }) => {
        Object.assign(view, { minute: minute + 1, stage, stageStart, faultSince });
        return judge.judge(view);
      }),
    );
    const end = minute + 1;
    const isOver = verdict === 'promote' && stage === ramp.shares.length - 1;
    if (verdict === 'rollback') {
      clients.setWeight(end, 0);
      if (faultSince !== null) harm += clients.shareUntilDrained(end) * excessRate(cell);
      const delay = faultSince === null ? null : end - faultSince;
      return { end: 'rolled-back', minutes: end, stage, harm, delay };
    }
    if (verdict === 'ask' || isOver) {
      // A fault that would only begin later has not been met: the highest stage began it, or the last minutes did.
      if (faultSince !== null) {
        harm += clients.shareBetween(end, end + unnoticedMinutes) * excessRate(cell);
      }
      return { end: isOver ? 'completed' : 'parked', minutes: end, stage, harm, delay: null };
    }
    if (verdict === 'promote') {
      stage += 1;
      stageStart = end;
      clients.setWeight(end, ramp.shares[stage] ?? 1);
    }
  }
}

function isFaulty({ fault }: Cell, stage: number, minute: number): boolean {
  return fault !== null && stage >= fault.fromStage && minute >= fault.fromMinute;
}

/** Of the target's requests, how many fail because of the fault. */
function excessRate({ fault, baseRate }: Cell): number {
  return fault === null ? 0 : Math.min(1 - baseRate, fault.excess + (fault.ratio - 1) * baseRate);
}

const order: readonly Verdict[] = ['rollback', 'ask', 'hold', 'promote'];

/** Any host rolls the group back; all must allow a promotion. */
function worst(verdicts: readonly Verdict[]): Verdict {
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'hold';
}
