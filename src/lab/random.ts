/** A source of numbers in [0, 1), repeatable from its seed. */
export type Random = () => number;

/**
 * A repeatable stream of numbers in [0, 1) for one part of the lab.
 *
 * Each part asks with its own label, so that one part drawing more often does not change what another sees. The seed is hashed
 * with FNV-1a and the stream is mulberry32: enough for draws and faults, never for secrets.
 */
export function seededRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
