import { expect } from 'vitest';
import { albTarget, herokuTarget, www, type World } from './world.js';

/** Looks at the zone at every instant of a test and fails as soon as a user could be led astray. */
export class ZoneWatch {
  /** The target's shares in the order they stood in the zone, each change once. */
  readonly shares: number[] = [];
  readonly #world: World;
  readonly #stages: readonly number[];

  constructor(world: World, stages: readonly number[]) {
    this.#world = world;
    this.#stages = [0, ...stages];
  }

  /** The target's percentage at the host; fails when nothing stands there or all weights are 0. */
  look(): number {
    const lines = this.#world.standing(www);
    const weights = lines.map((line) => {
      const [, identifier = '', weight = '', value = ''] = line.split(' ');
      const isMember = identifier.includes('-source') || identifier.includes('-target');
      return isMember ? { target: value, weight: Number(weight) } : { target: identifier, weight: 1 };
    });
    const of = (target: string): number =>
      weights.filter((entry) => entry.target === target).reduce((sum, { weight }) => sum + weight, 0);
    const sum = of(herokuTarget) + of(albTarget);
    expect(sum, `a side gets traffic: ${lines.join('; ')}`).toBeGreaterThan(0);
    const share = (100 * of(albTarget)) / sum;
    if (this.shares.length === 0) this.shares.push(share);
    else if (this.shares.at(-1) !== share) this.#moved(share);
    return share;
  }

  #moved(share: number): void {
    const last = this.shares.at(-1) ?? 0;
    const reached = this.#stages.findLastIndex((stage) => stage <= last);
    const highest = this.#stages[reached + 1] ?? 100;
    expect(share, `at most one step up from ${String(last)}%`).toBeLessThanOrEqual(highest);
    this.shares.push(share);
  }
}
