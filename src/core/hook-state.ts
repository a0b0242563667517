import type { Instant } from './time.js';

/** `go` only when the hook said so in so many words; `hold` when it refused; `none` when nothing that counts came back. */
export type HookAnswer = 'go' | 'hold' | 'none';

/** What the hook was last asked, and what it said. */
export interface HookState {
  /** The stage that would begin. */
  readonly stage: number;
  readonly askedAt: Instant;
  readonly answered: HookReply | null;
}

export interface HookReply {
  readonly at: Instant;
  readonly answer: HookAnswer;
  readonly because: string;
}
