/** A weight change reaches the name servers after half a minute: the call, and its propagation. */
const propagationMinutes = 0.5;
/** Most clients ask again within a TTL of 60 s; some overstay. Means in minutes. */
const prompt = 0.955;
const overstaying = [
  { share: 0.04, mean: 10 },
  { share: 0.005, mean: 60 },
];

/**
 * The share of requests that reach the target while clients follow the weights. A client goes where its latest lookup sent it, and how
 * long ago that was does not depend on the weights, so the share is a sum over the changes: each moves its own difference.
 */
export class Clients {
  readonly #changes: { readonly at: number; readonly difference: number }[] = [];
  #weight = 0;

  /** At `minute` the target's weight becomes `weight`, a fraction of all. */
  setWeight(minute: number, weight: number): void {
    this.#changes.push({ at: minute + propagationMinutes, difference: weight - this.#weight });
    this.#weight = weight;
  }

  /** The integral of the share from minute `from` to `to`: the mean, if they are one apart. */
  shareBetween(from: number, to: number): number {
    let total = 0;
    for (const { at, difference } of this.#changes) {
      total += difference * (movedUntil(to - at) - movedUntil(from - at));
    }
    return Math.min(to - from, Math.max(0, total));
  }

  /** The integral of the share from `minute` on, once the weight is zero. */
  shareUntilDrained(minute: number): number {
    let total = 0;
    for (const { at, difference } of this.#changes) total -= difference * unmovedFrom(minute - at);
    return Math.max(0, total);
  }
}

/** The integral over time of the share of clients that have followed a change, from the change to `minutes` after it. */
function movedUntil(minutes: number): number {
  if (minutes <= 0) return 0;
  const quick = minutes < 1 ? (minutes * minutes) / 2 : minutes - 0.5;
  let total = prompt * quick;
  for (const { share, mean } of overstaying) {
    total += share * (minutes - mean * (1 - Math.exp(-minutes / mean)));
  }
  return total;
}

/** The integral over time of the share that has not followed yet, from `minutes` after the change on. */
function unmovedFrom(minutes: number): number {
  if (minutes < 0) return unmovedFrom(0) - minutes;
  let total = minutes < 1 ? (prompt * (1 - minutes) ** 2) / 2 : 0;
  for (const { share, mean } of overstaying) total += share * mean * Math.exp(-minutes / mean);
  return total;
}
