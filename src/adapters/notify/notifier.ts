import { hookQuestionBody, webhookMessage } from '../../core/notify/webhook-message.js';
import type { ControllerPlace } from '../../core/notify/command-lines.js';
import type { Message } from '../../core/notify/message.js';
import { pagerDutyEvents } from '../../core/notify/pagerduty-event.js';
import { slackMessage } from '../../core/notify/slack-message.js';
import type { Address, Destination, Webhook } from '../../core/policy/notify-policy.js';
import { err, ok, unreachable, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';
import type { JournalHead, Notifier } from '../../engine/ports.js';
import { hookAnswer } from './hook-answer.js';
import { pinnedRequest, type Answer, type RequestSettings } from './pinned-request.js';
import { secretValue, type Variable } from './secret-value.js';
import { plainHeaders, signatureHeaders } from './signature.js';

const tellMs = 5_000;
const maxExcerpt = 120;

/** Where Slack's incoming webhooks are (Slack API, "Sending messages using incoming webhooks"; GovSlack). */
const slackHosts: readonly string[] = ['hooks.slack.com', 'hooks.slack-gov.com'];

/** PagerDuty Events API v2, "Send an event", by service region. */
const pagerDutyUrls: Readonly<Record<'us' | 'eu', string>> = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
};

export interface NotifierSettings extends RequestSettings {
  readonly variable: Variable;
  readonly place: ControllerPlace;
  /** Stand-ins for the public services, which may then be on a private address. */
  readonly standIn?: { readonly slackHost: string; readonly pagerDutyUrl: string };
}

/** Slack, PagerDuty, webhooks and heartbeats over https. Every secret is read when it is needed. */
export function createNotifier(settings: NotifierSettings): Notifier {
  return {
    tell: (to, message, head, signal) => {
      switch (to.kind) {
        case 'slack':
          return tellSlack(settings, to, message, head, signal);
        case 'pagerduty':
          return tellPagerDuty(settings, to, message, head, signal);
        case 'webhook':
          return tellWebhook(settings, to, message, head, signal);
        default:
          return unreachable(to);
      }
    },
    ask: async ({ webhook, timeoutMs }, question, signal) => {
      const id = `shift/${question.migrationId}/before-stage/${question.askedAt}`;
      const body = JSON.stringify(hookQuestionBody(question));
      const answered = await callWebhook(settings, webhook, { id, body, timeoutMs }, signal);
      return answered.ok ? hookAnswer(answered.value) : { answer: 'none', because: answered.error };
    },
    beat: async ({ address, allowPrivate }, signal) => {
      const url = await urlOf(settings, address);
      if (!url.ok) return url;
      const ping = { url: url.value, method: 'GET', headers: {}, body: null, timeoutMs: tellMs } as const;
      return accepted(await pinnedRequest(settings, { ...ping, allowPrivate }, signal));
    },
  };
}

async function tellSlack(
  settings: NotifierSettings,
  to: Destination & { kind: 'slack' },
  message: Message,
  head: JournalHead,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const url = await secretValue(to.urlFrom, settings.variable);
  if (!url.ok) return url;
  const host = URL.canParse(url.value) ? new URL(url.value).host : '';
  const { standIn } = settings;
  if (!slackHosts.includes(host) && host !== standIn?.slackHost)
    return err(`what ${to.urlFrom} holds is not a URL of ${slackHosts.join(' or ')}`);
  const body = JSON.stringify(slackMessage(message, settings.place, head));
  return accepted(
    await post(settings, { url: url.value, body, allowPrivate: standIn !== undefined }, signal),
  );
}

/** Every event is sent even when one of them fails, so that an incident is not left open because of another. */
async function tellPagerDuty(
  settings: NotifierSettings,
  to: Destination & { kind: 'pagerduty' },
  message: Message,
  head: JournalHead,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const key = await secretValue(to.routingKeyFrom, settings.variable);
  if (!key.ok) return key;
  const { standIn } = settings;
  const url = standIn?.pagerDutyUrl ?? pagerDutyUrls[to.region];
  const answers = await Promise.all(
    pagerDutyEvents(message, settings.place, head).map(async (event) => {
      const body = JSON.stringify({ routing_key: key.value, ...event });
      return accepted(await post(settings, { url, body, allowPrivate: standIn !== undefined }, signal));
    }),
  );
  return answers.find((answer) => !answer.ok) ?? answers[0] ?? ok('nothing to send');
}

async function tellWebhook(
  settings: NotifierSettings,
  to: Webhook,
  message: Message,
  head: JournalHead,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const body = JSON.stringify(webhookMessage(message, settings.place, head));
  const answered = await callWebhook(settings, to, { id: message.key, body, timeoutMs: tellMs }, signal);
  if (!answered.ok) return answered;
  const told = accepted(answered);
  const excerpt = safeText(answered.value.body, maxExcerpt);
  return told.ok && excerpt !== '' ? ok(`${told.value}: ${excerpt}`) : told;
}

async function callWebhook(
  settings: NotifierSettings,
  to: Webhook,
  call: { readonly id: string; readonly body: string; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<Result<Answer, string>> {
  const url = await urlOf(settings, to.address);
  if (!url.ok) return url;
  const { id, body, timeoutMs } = call;
  const signed = await signedHeaders(settings, to, id, body);
  if (!signed.ok) return signed;
  const { allowPrivate } = to;
  return post(settings, { url: url.value, body, allowPrivate, headers: signed.value, timeoutMs }, signal);
}

async function signedHeaders(
  { variable, clock }: NotifierSettings,
  { secretFrom }: Webhook,
  id: string,
  body: string,
): Promise<Result<Readonly<Record<string, string>>, string>> {
  const nowSeconds = Math.floor(clock.now() / 1000);
  if (secretFrom === null) return ok(plainHeaders(id, nowSeconds));
  const secret = await secretValue(secretFrom, variable);
  return secret.ok ? signatureHeaders(secret.value, id, nowSeconds, body) : secret;
}

function post(
  settings: NotifierSettings,
  call: {
    readonly url: string;
    readonly body: string;
    readonly allowPrivate: boolean;
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeoutMs?: number;
  },
  signal: AbortSignal,
): Promise<Result<Answer, string>> {
  const { url, body, allowPrivate, headers = {}, timeoutMs = tellMs } = call;
  const all = { 'content-type': 'application/json', ...headers };
  return pinnedRequest(
    settings,
    { url, method: 'POST', headers: all, body, allowPrivate, timeoutMs },
    signal,
  );
}

async function urlOf({ variable }: NotifierSettings, address: Address): Promise<Result<string, string>> {
  return 'url' in address ? ok(address.url) : secretValue(address.urlFrom, variable);
}

/** What a refusal says is shown no further than its status: a service may repeat what it was sent. */
function accepted(answered: Result<Answer, string>): Result<string, string> {
  if (!answered.ok) return answered;
  const { status } = answered.value;
  return status >= 200 && status < 300 ? ok(`answered ${status}`) : err(`answered ${status}`);
}
