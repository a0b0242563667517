import type { MessageKind, Severity } from '../notify/message.js';
import { millis, type Millis } from '../time.js';

/** Where a secret is found when it is needed: `env:NAME` or `file:/path`. The secret itself is never part of a policy. */
export type SecretReference = string;

/** A URL that may be shown, or the place of one that is a secret itself. */
export type Address = { readonly url: string } | { readonly urlFrom: SecretReference };

/** Whom a migration tells about itself, and how often. */
export interface NotifyPolicy {
  readonly channels: readonly Channel[];
  /** Time between two pages about the same unfinished rollback. */
  readonly repeatEveryMs: Millis;
  /** Pinged after each complete tick, so that its silence can be noticed; null when nobody listens. */
  readonly heartbeat: Heartbeat | null;
}

export interface Heartbeat {
  readonly address: Address;
  /** Addresses that are not public are refused otherwise. */
  readonly allowPrivate: boolean;
}

export interface Channel {
  /** Unique within a policy: `slack`, `slack-2`. */
  readonly name: string;
  /** The messages it gets. */
  readonly on: readonly (Severity | MessageKind)[];
  readonly to: Destination;
}

export type Destination =
  | { readonly kind: 'slack'; readonly urlFrom: SecretReference }
  | { readonly kind: 'pagerduty'; readonly routingKeyFrom: SecretReference; readonly region: 'us' | 'eu' }
  | Webhook;

/** A receiver of signed JSON (Standard Webhooks specification). */
export interface Webhook {
  readonly kind: 'webhook';
  readonly address: Address;
  /** `whsec_...`; null sends without a signature. */
  readonly secretFrom: SecretReference | null;
  /** Addresses that are not public are refused otherwise. */
  readonly allowPrivate: boolean;
}

/** What is asked before a step and told after a rollback. Neither ever delays a rollback. */
export interface HooksPolicy {
  readonly beforeStage?: Hook;
  readonly afterRollback?: Hook;
}

export interface Hook {
  readonly webhook: Webhook;
  readonly timeoutMs: Millis;
}

/** The channel's name under which `afterRollback` is told. */
export const afterRollbackChannel: string = 'hook after-rollback';

/** As a policy file spells it, defaults filled in. */
export interface NotifyText {
  readonly channels: readonly ChannelText[];
  readonly repeatEvery: Millis;
  readonly heartbeat?: HeartbeatText;
}

export interface AddressText {
  readonly url?: string;
  readonly urlFrom?: string;
}

export interface HeartbeatText extends AddressText {
  readonly allowPrivate: boolean;
}

export interface WebhookText extends HeartbeatText {
  readonly secretFrom?: string;
}

export interface ChannelText {
  readonly name?: string;
  readonly on?: readonly (Severity | MessageKind)[];
  readonly slack?: { readonly urlFrom: string };
  readonly pagerduty?: { readonly routingKeyFrom: string; readonly region: 'us' | 'eu' };
  readonly webhook?: WebhookText;
}

export interface HookText extends WebhookText {
  readonly timeout: Millis;
}

export interface HooksText {
  readonly beforeStage?: HookText;
  readonly afterRollback?: HookText;
}

/** PagerDuty wakes people, so it gets what is worth that and nothing else. */
const everything: Channel['on'] = ['page', 'inform'];
const pagesOnly: Channel['on'] = ['page'];

export function notifyPolicy(text: NotifyText): NotifyPolicy {
  const taken = new Set<string>(text.channels.flatMap(({ name }) => name ?? []));
  const channels = text.channels.map((channel): Channel => {
    const to = destination(channel);
    const on = channel.on ?? (to.kind === 'pagerduty' ? pagesOnly : everything);
    return { name: channel.name ?? freeName(to.kind, taken), on, to };
  });
  const { heartbeat: beat } = text;
  const heartbeat = beat === undefined ? null : { address: address(beat), allowPrivate: beat.allowPrivate };
  return { channels, repeatEveryMs: text.repeatEvery, heartbeat };
}

export function hooksPolicy({ beforeStage, afterRollback }: HooksText): HooksPolicy {
  return {
    ...(beforeStage !== undefined && { beforeStage: hook(beforeStage) }),
    ...(afterRollback !== undefined && { afterRollback: hook(afterRollback) }),
  };
}

function hook(text: HookText): Hook {
  return { webhook: webhook(text), timeoutMs: millis(text.timeout) };
}

function destination({ slack, pagerduty, webhook: own }: ChannelText): Destination {
  if (slack !== undefined) return { kind: 'slack', ...slack };
  if (pagerduty !== undefined) return { kind: 'pagerduty', ...pagerduty };
  return webhook(own ?? { allowPrivate: false });
}

function webhook(text: WebhookText): Webhook {
  const { secretFrom = null, allowPrivate } = text;
  return { kind: 'webhook', address: address(text), secretFrom, allowPrivate };
}

function address({ url, urlFrom }: AddressText): Address {
  return urlFrom === undefined ? { url: url ?? '' } : { urlFrom };
}

function freeName(kind: string, taken: Set<string>): string {
  let name = kind;
  for (let count = 2; taken.has(name); count += 1) name = `${kind}-${count}`;
  taken.add(name);
  return name;
}
