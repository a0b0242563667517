import { grouped, percent } from './wording.js';

/** What odds are about, in words that go on after "that". */
export interface Claim {
  readonly holds: string;
  /** What odds below one speak for; null where they speak for nothing, because the rule only ever weighs the claim itself. */
  readonly opposite: { readonly holds: string; readonly claimAgain: string } | null;
}

/** What is rolled back for. */
export const targetIsWorse: Claim = {
  holds: 'the target is worse',
  opposite: { holds: 'the target is no worse', claimAgain: 'it is' },
};

/** The same where the line has named what is meant already. */
export const itIsWorse: Claim = {
  holds: 'it is worse',
  opposite: { holds: 'it is no worse', claimAgain: 'it is' },
};

/** What is promoted for; `rate` is the largest rate of failed requests that the next stage may bring. */
export function failsAtMost(rate: number, who: string = 'it'): Claim {
  return { holds: `${who} fails at most ${percent(rate)}`, opposite: null };
}

/** The largest odds worth spelling out. */
const maxOdds = 1_000_000;

/**
 * Evidence in nats as odds, and what they speak for: `3.1 : 1 that the target is worse`, or `15 : 1 that the target is no worse`. The
 * larger number always comes first, so that nobody has to read a fraction. Never a p-value: odds keep their meaning however often one looks.
 */
export function odds(nats: number | null, claim: Claim): string {
  const { holds, opposite } = claim;
  if (nats === null) return `no evidence yet whether ${holds}`;
  const ratio = toOne(nats);
  if (nats > 0 && ratio !== even) return `${ratio} that ${holds}`;
  if (opposite === null) return `no evidence yet that ${holds}`;
  return ratio === even ? `even odds whether ${holds}` : `${ratio} that ${opposite.holds}`;
}

/**
 * A bound that evidence is held against: `100 : 1`, and `100 : 1 that it is` beside evidence that speaks for the opposite or for
 * neither, where it would be taken for a bound of that.
 */
export function bound(boundNats: number, nats: number | null, { opposite }: Claim): string {
  const isSameWay = nats !== null && nats > 0 && toOne(nats) !== even;
  return isSameWay || opposite === null
    ? toOne(boundNats)
    : `${toOne(boundNats)} that ${opposite.claimAgain}`;
}

const even = '1 : 1';

/** The odds alone, whichever way they speak: `100 : 1`. */
export function toOne(nats: number): string {
  const value = Math.exp(Math.abs(nats));
  if (value > maxOdds) return `over ${grouped(maxOdds)} : 1`;
  // Three digits at most, as in 1,240 and 3.1: more would promise a precision that evidence does not have.
  const rounded = Number(value.toPrecision(value < 10 ? 2 : 3));
  return `${rounded < 10 ? String(rounded) : grouped(rounded)} : 1`;
}
