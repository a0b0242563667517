import {
  commandLines,
  hostList,
  verifyLine,
  type ControllerPlace,
  type MessageHead,
} from './command-lines.js';
import { isoTime } from './iso-time.js';
import type { Message } from './message.js';

/** PagerDuty refuses longer ones (PagerDuty Events API v2, "PD-CEF"). */
const maxSummary = 1_024;
const maxKey = 255;

/** One call to the Events API, without the routing key. */
export type PagerDutyEvent = Readonly<Record<string, unknown>> & {
  readonly event_action: 'trigger' | 'resolve';
};

/**
 * What a message is to PagerDuty, in the order in which it is to be sent: what it is about first, then the earlier incidents it ends. The
 * key of an incident is that of its journal entry, so an event that is sent twice is one incident.
 */
export function pagerDutyEvents(
  message: Message,
  place: ControllerPlace,
  head: MessageHead,
): readonly PagerDutyEvent[] {
  const resolved = message.resolves.map((key): PagerDutyEvent => ({
    event_action: 'resolve',
    dedup_key: keyOf(key),
  }));
  const isNews = message.severity === 'page' || resolved.length === 0;
  return isNews ? [trigger(message, place, head), ...resolved] : resolved;
}

function trigger(message: Message, place: ControllerPlace, head: MessageHead): PagerDutyEvent {
  return {
    event_action: 'trigger',
    dedup_key: keyOf(message.key),
    payload: {
      summary: `${message.headline}: ${message.because}`.slice(0, maxSummary),
      source: hostList(message).slice(0, maxSummary),
      severity: message.severity === 'page' ? 'critical' : 'info',
      timestamp: isoTime(message.at),
      component: message.migrationId,
      class: message.kind,
      custom_details: {
        because: message.because,
        ...(message.next !== null && { now: message.next }),
        'share at the target': `${message.share} %`,
        numbers: message.numbers,
        'to check the journal later': verifyLine(message, place, head),
        ...Object.fromEntries(
          commandLines(message, place).map(({ does, here, anywhere }) => [
            `to ${does}`,
            {
              [`on ${place.machine}`]: here,
              ...(anywhere !== null && { 'anywhere with AWS credentials': anywhere }),
            },
          ]),
        ),
      },
    },
  };
}

function keyOf(key: string): string {
  return key.slice(-maxKey);
}
