import type { Instant } from '../../core/time.js';

/** At thirty requests a minute this is half an hour. */
const maxKept = 1_000;

/**
 * This program's own requests as the heartbeat of a log stream that has none: what was sent through the router must come back
 * as a line. In bounded memory; the oldest are forgotten first.
 */
export class Canaries {
  /** Sent, line not seen yet. */
  readonly #awaited = new Map<string, Instant>();
  /** Seen before anyone said it was sent: the log may be faster than the report of the request. */
  readonly #early = new Set<string>();
  #heardTo: Instant | null = null;
  #used = false;

  /** The sending time of the latest request whose line was seen; null for none. */
  get heardTo(): Instant | null {
    return this.#heardTo;
  }

  /** Whether there ever was a canary: without any, silence says nothing. */
  get used(): boolean {
    return this.#used;
  }

  expect(id: string, sentAt: Instant): void {
    this.#used = true;
    if (this.#early.delete(id)) {
      this.#confirm(sentAt);
      return;
    }
    this.#awaited.set(id, sentAt);
    forgetOldest(this.#awaited);
  }

  hear(id: string): void {
    const sentAt = this.#awaited.get(id);
    if (sentAt !== undefined) {
      this.#awaited.delete(id);
      this.#confirm(sentAt);
      return;
    }
    this.#early.add(id);
    forgetOldest(this.#early);
  }

  /** Gives up those sent before `limit` and answers when they were sent, oldest first. */
  giveUp(limit: Instant): readonly Instant[] {
    const overdue: Instant[] = [];
    for (const [id, sentAt] of this.#awaited) {
      if (sentAt >= limit) continue;
      this.#awaited.delete(id);
      overdue.push(sentAt);
    }
    return overdue.sort((one, other) => one - other);
  }

  #confirm(sentAt: Instant): void {
    if (this.#heardTo === null || sentAt > this.#heardTo) this.#heardTo = sentAt;
  }
}

function forgetOldest(kept: Map<string, Instant> | Set<string>): void {
  if (kept.size <= maxKept) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
