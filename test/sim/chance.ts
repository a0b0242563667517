import { seededRandom, type Random } from '../../src/lab/random.js';

/** The draws of one run and the count of what they led to; the same seed draws the same. */
export class Chance {
  readonly counts: Map<string, number> = new Map();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(`simulation ${seed}`);
  }

  /** True once in a while; counted under the name when there is one. */
  happens(probability: number, name?: string): boolean {
    const is = this.#random() < probability;
    if (is && name !== undefined) this.count(name);
    return is;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
