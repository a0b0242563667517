import { failingMessage, recoveredMessage } from '../core/notify/failing-ticks.js';
import type { Message } from '../core/notify/message.js';
import { channelsFor } from '../core/notify/outbox.js';
import { isLive } from '../core/phase.js';
import type { Background, TellingPorts } from './background.js';
import { withDeadline } from './deadline.js';
import { Journal } from './journal.js';
import { destinationOf, type Seen } from './outbox.js';

/** A backup or an editor may hold the state file for a moment; what lasts longer wants a person. */
const patienceMs = 60_000;
/** All receivers are told at the same time, and none is waited for longer. */
const roundMs = 5_000;
/** A page that nobody took is sent again this soon. */
const retryMs = 30_000;
/** Where the policy's channels say nothing about it. */
const repeatMs = 15 * 60_000;

interface Incident {
  /** Of the journal when it began, so that every page about it has one key. */
  readonly seen: Seen;
  readonly isTold: boolean;
  readonly notBeforeMs: number;
}

/**
 * Tells people that no tick can be finished, for instance because the disk is full or another program holds the state file. Every other
 * message is asked for by the journal; this one is about the journal, so it is kept in this process alone. A single `tick` of a scheduler
 * ends with an error instead, which is that scheduler's to tell.
 */
export class FailingTicks {
  readonly #ports: TellingPorts;
  readonly #background: Background;
  readonly #seen = new Map<string, Seen>();
  /** Monotonic, because a clock that is set back must not keep anybody from being told. */
  readonly #sinceMs = new Map<string, number>();
  readonly #incidents = new Map<string, Incident>();

  constructor(ports: TellingPorts, background: Background) {
    this.#ports = ports;
    this.#background = background;
  }

  /** Keeps what was known last, in case the journal cannot even be read later. */
  saw({ state, sequence, head }: Seen): void {
    const { plan, phase } = state;
    if (isLive(phase)) this.#seen.set(plan.id, { state, sequence, head });
    else this.#seen.delete(plan.id);
  }

  /** A tick could not be finished. Returns at once. */
  failed(migrationId: string, error: unknown): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const sinceMs = this.#sinceMs.get(migrationId) ?? nowMs;
    this.#sinceMs.set(migrationId, sinceMs);
    const isEarly = nowMs < (this.#incidents.get(migrationId)?.notBeforeMs ?? sinceMs + patienceMs);
    if (isEarly) return;
    const because = error instanceof Error ? error.message : String(error);
    this.#background.start(`${migrationId} failing`, () => this.#page(migrationId, sinceMs, because));
  }

  /** A tick was finished: whoever was woken is told that it is over. Returns at once. */
  worked(migrationId: string): void {
    this.#sinceMs.delete(migrationId);
    const incident = this.#incidents.get(migrationId);
    this.#incidents.delete(migrationId);
    if (incident?.isTold === true) this.#endPage(incident.seen);
  }

  async #page(migrationId: string, sinceMs: number, error: string): Promise<void> {
    const { clock } = this.#ports;
    const before = this.#incidents.get(migrationId);
    const seen = before?.seen ?? (await this.#lastSeen(migrationId));
    const { state, sequence } = seen;
    const lastedMs = clock.monotonicMs() - sinceMs;
    const isTold = await this.#tell(seen, failingMessage({ state, sequence, lastedMs, error }, clock.now()));
    if (this.#sinceMs.get(migrationId) !== sinceMs) {
      // A tick was finished while this was on its way.
      if (isTold) this.#endPage(seen);
      return;
    }
    const pauseMs = isTold ? (state.plan.policy.notify?.repeatEveryMs ?? repeatMs) : retryMs;
    const notBeforeMs = clock.monotonicMs() + pauseMs;
    this.#incidents.set(migrationId, { seen, isTold: isTold || before?.isTold === true, notBeforeMs });
  }

  async #lastSeen(migrationId: string): Promise<Seen> {
    return this.#seen.get(migrationId) ?? (await Journal.open(this.#ports.store, migrationId, null));
  }

  #endPage(seen: Seen): void {
    const message = recoveredMessage(seen.state, seen.sequence, this.#ports.clock.now());
    this.#background.start(`${seen.state.plan.id} failing over`, async () => {
      await this.#tell(seen, message);
    });
  }

  /** True when somebody took it, and when the policy names nobody. */
  async #tell({ state, sequence, head }: Seen, message: Message): Promise<boolean> {
    const channels = channelsFor(state, message);
    const told = await Promise.all(
      channels.map((channel) => this.#send(state, channel, message, { sequence, hash: head })),
    );
    return channels.length === 0 || told.includes(true);
  }

  async #send(
    state: Seen['state'],
    channel: string,
    message: Message,
    head: { readonly sequence: number; readonly hash: string },
  ): Promise<boolean> {
    const { notifier, clock, log } = this.#ports;
    const to = destinationOf(state, channel);
    if (to === null) return false;
    const stop = new AbortController();
    const sent = await withDeadline(notifier.tell(to, message, head, stop.signal), roundMs, clock);
    stop.abort();
    const problem = sent.ok ? (sent.value.ok ? null : sent.value.error) : sent.error;
    if (problem !== null) log.warn(`${channel} could not be told that no tick is finished: ${problem}`);
    return problem === null;
  }
}
