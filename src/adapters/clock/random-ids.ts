import { randomInt } from 'node:crypto';
import type { Ids } from '../../engine/ports.js';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ids of 16 characters, 82 bits, that nobody can guess. */
export function createRandomIds(): Ids {
  return {
    next: () => Array.from({ length: 16 }, () => alphabet.charAt(randomInt(alphabet.length))).join(''),
  };
}
