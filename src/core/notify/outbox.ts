import type { Event } from '../event.js';
import type { MigrationState } from '../migration-state.js';
import { afterRollbackChannel, type Channel } from '../policy/notify-policy.js';
import { elapsed, plus, type Instant } from '../time.js';
import type { Message } from './message.js';
import { messageOf } from './message-of.js';
import type { Delivery, DeliveryName, Outbox } from './outbox-state.js';

/** Enough for everything that is worth telling while a receiver is away; the oldest go first. */
const maxPending = 200;
/** Of the longest list of pages that were never resolved. */
const maxIncidents = 20;

const firstBackoffMs = 10_000;
const longestBackoffMs = 600_000;
/** Hours of trying for what wakes people, well over half an hour for the rest. */
const maxAttempts: Readonly<Record<Message['severity'], number>> = { page: 50, inform: 10 };

/** Younger messages are sent even though a later one tells more: they may be about different things. */
const supersededAfterMs = 60_000;

/** That of a journal with nothing but its plan. */
export const firstOutbox: Outbox = { sequence: 1, pending: [], incidents: [], remindedAt: null };

/** The outbox after one more entry of the journal; `before` is the state that the event came to, `after` the one it left. */
export function outboxAfter(before: MigrationState, after: MigrationState, event: Event): Outbox {
  const sequence = before.outbox.sequence + 1;
  const outbox = { ...before.outbox, sequence };
  if (event.type === 'observed') return outbox;
  if (event.type === 'notified') return { ...outbox, pending: noted(outbox.pending, event) };
  const { notify, hooks } = after.plan.policy;
  const remindedAt = isReminder(event) ? event.at : outbox.remindedAt;
  if (notify === undefined && hooks?.afterRollback === undefined) return { ...outbox, remindedAt };
  const over = outbox.incidents.filter((incident) => isOver(before, after, event, incident.topic));
  const message = messageOf(
    before,
    after,
    event,
    sequence,
    over.map(({ key }) => key),
  );
  if (message === null) return { ...outbox, remindedAt };
  const rest = outbox.incidents.filter((incident) => !over.includes(incident));
  const opened = message.severity === 'page' ? [{ topic: message.topic, key: message.key }] : [];
  const added = channelsFor(after, message).map((channel): Delivery => ({
    channel,
    message,
    attempts: 0,
    notBefore: null,
  }));
  return {
    sequence,
    remindedAt,
    incidents: [...rest, ...opened].slice(-maxIncidents),
    pending: [...outbox.pending, ...added].slice(-maxPending),
  };
}

/** What can be tried now, and what need not be sent any more. */
export function dueDeliveries(
  outbox: Outbox,
  now: Instant,
): { readonly due: readonly Delivery[]; readonly superseded: readonly Delivery[] } {
  const superseded = outbox.pending.filter((delivery) => isSuperseded(outbox, delivery, now));
  const due = outbox.pending.filter(
    (delivery) => !superseded.includes(delivery) && (delivery.notBefore ?? now) <= now,
  );
  return { due, superseded };
}

/** Whether one more failure is the last one. */
export function isLastAttempt(delivery: Delivery): boolean {
  return delivery.attempts + 1 >= maxAttempts[delivery.message.severity];
}

export function isSameDelivery({ channel, message }: Delivery, name: DeliveryName): boolean {
  return channel === name.channel && message.sequence === name.sequence;
}

/** A page whose end nobody was told of must still be ended, so what resolves one is never left out. */
function isSuperseded(outbox: Outbox, delivery: Delivery, now: Instant): boolean {
  const { message, channel, attempts } = delivery;
  if (message.resolves.length > 0) return false;
  if (attempts === 0 && elapsed(message.at, now) <= supersededAfterMs) return false;
  return outbox.pending.some(
    (other) =>
      other.channel === channel &&
      other.message.sequence > message.sequence &&
      other.message.topic === message.topic,
  );
}

function noted(pending: readonly Delivery[], event: Event & { type: 'notified' }): readonly Delivery[] {
  if (event.outcome !== 'failed') return pending.filter((delivery) => !isSameDelivery(delivery, event));
  return pending.map((delivery) => {
    if (!isSameDelivery(delivery, event)) return delivery;
    const backoffMs = Math.min(firstBackoffMs * 2 ** Math.min(delivery.attempts, 20), longestBackoffMs);
    return { ...delivery, attempts: delivery.attempts + 1, notBefore: plus(event.at, backoffMs) };
  });
}

/** The names of the channels that get a message, by the policy now in force. */
export function channelsFor({ plan }: MigrationState, message: Message): string[] {
  const { notify, hooks } = plan.policy;
  const told = (notify?.channels ?? []).filter((channel) => wants(channel, message));
  const hook = hooks?.afterRollback !== undefined && message.kind === 'rolled-back';
  return [...told.map(({ name }) => name), ...(hook ? [afterRollbackChannel] : [])];
}

function wants({ on, to }: Channel, message: Message): boolean {
  const isChosen = on.includes(message.severity) || on.includes(message.kind);
  return isChosen || (to.kind === 'pagerduty' && message.resolves.length > 0);
}

function isReminder(event: Event): boolean {
  return (
    event.type === 'rollback-requested' ||
    (event.type === 'alarm-raised' && event.topic === 'rollback-incomplete')
  );
}

/** Whether what was paged is no longer so. That the guard rolled back stays open until a person has looked. */
function isOver(before: MigrationState, after: MigrationState, event: Event, topic: string): boolean {
  const { phase } = after.phase;
  if (topic === 'asked') return phase !== 'waiting' || after.approval !== null;
  if (topic === 'halted') return phase !== 'halted';
  if (!topic.startsWith('alarm/')) return false;
  const isTold = after.alarms.some((alarm) => topic === `alarm/${alarm}`);
  const isAgain = event.type === 'alarm-raised' && topic === `alarm/${event.topic}`;
  const hasEnded = (phase === 'rolled-back' || phase === 'completed') && before.phase.phase !== phase;
  return !isTold || isAgain || hasEnded;
}
