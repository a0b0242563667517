import type { Event } from '../core/event.js';
import type { MigrationState } from '../core/migration-state.js';
import type { Delivery } from '../core/notify/outbox-state.js';
import { dueDeliveries, isLastAttempt, isSameDelivery } from '../core/notify/outbox.js';
import { isLive } from '../core/phase.js';
import { afterRollbackChannel, type Destination } from '../core/policy/notify-policy.js';
import { err, type Result } from '../core/result.js';
import { safeText } from '../core/safe-text.js';
import { elapsed } from '../core/time.js';
import type { Background, TellingPorts } from './background.js';
import { withDeadline } from './deadline.js';
import { Journal } from './journal.js';
import type { JournalHead, MigrationRow } from './ports.js';

/** All messages of one round are sent at the same time, and none is waited for longer. */
const roundMs = 5_000;
/** A journal that does not answer keeps nobody from being told. */
const recordMs = 5_000;
/** While the journal cannot be written, what failed is tried again this often. */
const unrecordedRetryMs = 30_000;
const maxTries = 3;
/** Of one round; what is left is sent in the next. */
const maxDeliveries = 20;
/** Ended migrations that a new process looks at for what its predecessor could not tell any more. */
const maxEnded = 8;
const maxAnswer = 200;

type Notified = Event & { readonly type: 'notified' };

/** A journal as a tick or a rollback left it. */
export interface Seen {
  readonly state: MigrationState;
  readonly sequence: number;
  /** Hash of the newest entry. */
  readonly head: string;
}

/**
 * Sends what the journal says is to be told, after traffic has moved and beside everything else. What became of each message is journaled
 * when it is known; a process that ends between the two sends again, under the same key.
 */
export class Outbox {
  readonly #ports: TellingPorts;
  readonly #background: Background;
  /** Outcomes that are not in the journal yet, by migration and then by message and channel. */
  readonly #unrecorded = new Map<string, Map<string, Notified>>();
  /** What was last wrong with each channel. */
  readonly #troubles = new Map<string, string>();
  /** What was seen while a round was under way. */
  readonly #next = new Map<string, Seen>();
  /** Ended migrations that still have something to tell. */
  readonly #ended = new Map<string, Seen>();
  #hasLookedBack = false;

  constructor(ports: TellingPorts, background: Background) {
    this.#ports = ports;
    this.#background = background;
  }

  /** Starts sending what is due; returns at once. */
  begin(seen: Seen): void {
    const { id } = seen.state.plan;
    if (!this.#hasWork(seen)) return;
    const isStarted = this.#background.start(`${id} outbox`, () => this.#rounds(seen));
    if (!isStarted) this.#next.set(id, seen);
  }

  /** Goes on with migrations that no tick looks at any more because they have ended. */
  lookBack(rows: readonly MigrationRow[]): void {
    for (const seen of this.#ended.values()) this.begin(seen);
    if (this.#hasLookedBack) return;
    this.#hasLookedBack = true;
    const ended = rows.filter((row) => !row.live).slice(0, maxEnded);
    this.#background.start('outbox of ended migrations', async () => {
      for (const { id } of ended) this.begin(await Journal.open(this.#ports.store, id, null));
    });
  }

  #hasWork({ state }: Seen): boolean {
    const { due, superseded } = dueDeliveries(state.outbox, this.#ports.clock.now());
    return due.length + superseded.length > 0 || (this.#unrecorded.get(state.plan.id)?.size ?? 0) > 0;
  }

  async #rounds(first: Seen): Promise<void> {
    const { id } = first.state.plan;
    for (let seen: Seen | undefined = first; seen !== undefined;) {
      await this.#round(seen);
      seen = this.#next.get(id);
      this.#next.delete(id);
    }
  }

  async #round({ state, sequence, head }: Seen): Promise<void> {
    const { clock } = this.#ports;
    const { due, superseded } = dueDeliveries(state.outbox, clock.now());
    const unrecorded = this.#unrecorded.get(state.plan.id) ?? new Map<string, Notified>();
    this.#unrecorded.set(state.plan.id, unrecorded);
    const isNews = (delivery: Delivery): boolean => !this.#isDone(unrecorded.get(keyOf(delivery)));
    for (const delivery of superseded.filter(isNews))
      this.#note(unrecorded, delivery, 'superseded', 'a later message about the same tells all that matters');
    await Promise.all(
      due
        .filter(isNews)
        .slice(0, maxDeliveries)
        .map(async (delivery) => {
          const sent = await this.#send(state, delivery, { sequence, hash: head });
          const failed = isLastAttempt(delivery) ? 'given-up' : 'failed';
          this.#note(unrecorded, delivery, sent.ok ? 'delivered' : failed, sent.ok ? sent.value : sent.error);
        }),
    );
    await this.#record(state.plan.id, unrecorded);
  }

  #isDone(outcome: Notified | undefined): boolean {
    if (outcome?.outcome !== 'failed') return outcome !== undefined;
    return elapsed(outcome.at, this.#ports.clock.now()) < unrecordedRetryMs;
  }

  #note(
    unrecorded: Map<string, Notified>,
    delivery: Delivery,
    outcome: Notified['outcome'],
    because: string,
  ): void {
    const { channel, message } = delivery;
    const at = this.#ports.clock.now();
    const text = safeText(because, maxAnswer);
    const event = {
      type: 'notified',
      at,
      sequence: message.sequence,
      channel,
      outcome,
      because: text,
    } as const;
    unrecorded.set(keyOf(delivery), event);
    if (outcome === 'delivered') this.#troubles.delete(channel);
    if (outcome === 'failed') this.#warn(channel, `it is tried again: ${text}`);
    if (outcome === 'given-up') this.#warn(channel, `given up: ${text}`);
  }

  /** Once for as long as it stays the same: the history has every attempt. */
  #warn(channel: string, trouble: string): void {
    if (this.#troubles.get(channel) === trouble) return;
    this.#troubles.set(channel, trouble);
    this.#ports.log.warn(`${channel} could not be told, ${trouble}`);
  }

  async #send(state: MigrationState, delivery: Delivery, head: JournalHead): Promise<Result<string, string>> {
    const to = destinationOf(state, delivery.channel);
    if (to === null) return err('the policy names this channel no longer');
    const { notifier, clock } = this.#ports;
    const stop = new AbortController();
    try {
      const sending = notifier.tell(to, delivery.message, head, stop.signal);
      const sent = await withDeadline(sending, roundMs, clock);
      return sent.ok ? sent.value : sent;
    } finally {
      stop.abort();
    }
  }

  /** Everything that is known and not journaled; what cannot be stored now is stored after the next round. */
  async #record(migrationId: string, unrecorded: Map<string, Notified>): Promise<void> {
    const { clock, log } = this.#ports;
    const recorded = await withDeadline(this.#append(migrationId, [...unrecorded.values()]), recordMs, clock);
    if (recorded.ok && recorded.value) unrecorded.clear();
    else log.warn(`who was told could not be journaled${recorded.ok ? '' : ` (${recorded.error})`}`);
  }

  async #append(migrationId: string, outcomes: readonly Notified[]): Promise<boolean> {
    if (outcomes.length === 0) return true;
    const { store, clock } = this.#ports;
    const journal = await Journal.open(store, migrationId, null);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const { pending } = journal.state.outbox;
      const events = outcomes.filter((event) => pending.some((delivery) => isSameDelivery(delivery, event)));
      const stored = events.length === 0 || (await journal.append(events, clock.now())).ok;
      if (stored) {
        this.#keep(journal);
        return true;
      }
      await journal.refresh();
    }
    return false;
  }

  #keep(journal: Journal): void {
    const { state, sequence, head } = journal;
    const isOpen = state.outbox.pending.length > 0 && !isLive(state.phase);
    if (isOpen) this.#ended.set(state.plan.id, { state, sequence, head });
    else this.#ended.delete(state.plan.id);
  }
}

function keyOf({ channel, message }: Delivery): string {
  return `${message.sequence} ${channel}`;
}

/** Where a channel leads by the policy now in force. */
export function destinationOf({ plan }: MigrationState, channel: string): Destination | null {
  const { notify, hooks } = plan.policy;
  if (channel === afterRollbackChannel) return hooks?.afterRollback?.webhook ?? null;
  return notify?.channels.find(({ name }) => name === channel)?.to ?? null;
}
