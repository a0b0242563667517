import type { Instant } from '../time.js';
import type { Message } from './message.js';

/** What is still to be told, kept in the fold so that no journal has to be read again for it. */
export interface Outbox {
  /** Journal entries folded so far; that of the latest one. */
  readonly sequence: number;
  /** Oldest first. */
  readonly pending: readonly Delivery[];
  /** Pages that are still true. */
  readonly incidents: readonly Incident[];
  /** When the unfinished rollback was last told of. */
  readonly remindedAt: Instant | null;
}

/** One message on its way to one channel. */
export interface Delivery {
  readonly channel: string;
  readonly message: Message;
  /** How often it failed. */
  readonly attempts: number;
  /** Not tried before; null for at once. */
  readonly notBefore: Instant | null;
}

export interface Incident {
  readonly topic: string;
  readonly key: string;
}

/** Names a message on its way: the journal entry and the channel. */
export interface DeliveryName {
  readonly sequence: number;
  readonly channel: string;
}

export type NotifyOutcome = 'delivered' | 'failed' | 'given-up' | 'superseded';
