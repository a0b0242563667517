import type { HealthCheckEvent } from '../../core/failover/after-health-check.js';
import { displayName } from '../../core/record-name.js';
import { unreachable } from '../../core/result.js';

/** What happened to a Route 53 health check, as a line of the history says it. */
export function healthCheckSentence(event: HealthCheckEvent): string {
  switch (event.type) {
    case 'health-check-wanted':
      return `◌ creating the health check of ${displayName(event.host)}, ${event.side} (${event.reference})`;
    case 'health-check-created':
      return `✔ health check ${event.healthCheckId} created (${event.reference})`;
    case 'health-check-deleted':
      return `• health check gone (${event.reference}): ${event.because}`;
    default:
      return unreachable(event);
  }
}
