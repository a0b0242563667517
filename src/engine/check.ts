/** One thing that was looked at before anything is written: what was seen, and what to type when it must be put right. */
export interface Check {
  readonly name: string;
  /** `unknown`: it could not be told, for no fault of what was looked at; it keeps a start from beginning as `refused` does. */
  readonly verdict: 'ok' | 'warning' | 'unknown' | 'refused';
  readonly fact: string;
  readonly fix: string | null;
}
