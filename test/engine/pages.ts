import type { World } from './world.js';

/** Ends a policy's text with somebody who can be woken. */
export const withPager = '\nnotify: { channels: [{ pagerduty: { routingKeyFrom: env:PAGERDUTY_KEY } }] }\n';

/** What somebody was woken with, oldest first: the topic, then everything that the page says. */
export function pages(world: World): readonly string[] {
  return world.notifier.told
    .filter(({ kind, message }) => kind === 'pagerduty' && message.severity === 'page')
    .map(({ message }) =>
      [`${message.topic}: ${message.headline}`, message.because, ...message.numbers].join('; '),
    );
}
