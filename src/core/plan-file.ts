/** A file that a plan was made from. A policy that comes with the program is none: nobody edits it. */
export interface PlanFile {
  readonly kind: 'migration' | 'policy';
  /** Absolute. */
  readonly path: string;
  /** SHA-256, hex, of its text when the plan was made. */
  readonly sha256: string;
}

/**
 * What such a file is now.
 *
 * - `as-planned`: the text that the plan was made from.
 * - `edited`: another text, which could be used.
 * - `invalid`: another text, which could not.
 * - `missing`: there is none of that name.
 * - `unreadable`: nobody knows; this process may not read it, for instance.
 */
export interface PlanFileReading {
  readonly path: string;
  readonly is: 'as-planned' | 'edited' | 'invalid' | 'missing' | 'unreadable';
  /** Of the text as it is now; null where there is none to be read. */
  readonly sha256: string | null;
  /** What is wrong with it, in one line; null where nothing is. */
  readonly trouble: string | null;
}
