/** One thing that was looked at before anything is written: what was seen, and what to type when it must be put right. */
export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warning' | 'refused';
  readonly fact: string;
  readonly fix: string | null;
}
