/** What a side answered, as far as it was read. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  /** The first 64 KiB of the body as UTF-8. */
  readonly body: string;
  /** True when the body goes on after that. */
  readonly cut: boolean;
}
