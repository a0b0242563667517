import type { Instant } from '../../core/time.js';

/** At thirty requests a minute this is half an hour. */
const maxKept = 1_000;

/**
 * This program's own requests as the heartbeat of a log stream that has none: what was sent through the router must come back
 * as a line. In bounded memory; the oldest are forgotten first.
 */
export class Canaries {
  /** Answered, line not seen yet. */
  readonly #awaited = new Map<string, Instant>();
  /** Sent without an answer: the line may come, and nothing follows when it does not. */
  readonly #hoped = new Map<string, Instant>();
  /** Seen before anyone said it was sent, by the time of the line: the log may be faster than the report of the request. */
  readonly #early = new Map<string, Instant>();
  #heardTo: Instant | null = null;
  #used = false;

  /**
   * Up to when the latest canary that was heard proves that lines came through; null for none. It is the time of sending or, where
   * that is earlier, the time of the line: on a clock that is ahead of Heroku's, buckets end before their lines have come.
   */
  get heardTo(): Instant | null {
    return this.#heardTo;
  }

  /** When the oldest of those was sent whose line must still come; null for none. */
  get awaitedSince(): Instant | null {
    let oldest: Instant | null = null;
    for (const sentAt of this.#awaited.values()) {
      if (oldest === null || sentAt < oldest) oldest = sentAt;
    }
    return oldest;
  }

  /** Whether there ever was a canary: without any, silence says nothing. */
  get used(): boolean {
    return this.#used;
  }

  /** The canary was answered, so that its line must come. */
  expect(id: string, sentAt: Instant): void {
    this.#used = true;
    if (!this.#cameEarly(id, sentAt)) keep(this.#awaited, id, sentAt);
  }

  /** The canary was sent and not answered, so that its line may come. */
  hope(id: string, sentAt: Instant): void {
    if (!this.#cameEarly(id, sentAt)) keep(this.#hoped, id, sentAt);
  }

  /** @param lineAt the time stamp of the line */
  hear(id: string, lineAt: Instant): void {
    const sentAt = this.#awaited.get(id) ?? this.#hoped.get(id);
    if (sentAt === undefined) {
      keep(this.#early, id, lineAt);
      return;
    }
    this.#awaited.delete(id);
    this.#hoped.delete(id);
    this.#confirm(sentAt, lineAt);
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

  #cameEarly(id: string, sentAt: Instant): boolean {
    const lineAt = this.#early.get(id);
    if (lineAt === undefined) return false;
    this.#early.delete(id);
    this.#confirm(sentAt, lineAt);
    return true;
  }

  #confirm(sentAt: Instant, lineAt: Instant): void {
    const until = sentAt < lineAt ? sentAt : lineAt;
    if (this.#heardTo === null || until > this.#heardTo) this.#heardTo = until;
  }
}

function keep(kept: Map<string, Instant>, id: string, at: Instant): void {
  kept.set(id, at);
  if (kept.size <= maxKept) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
