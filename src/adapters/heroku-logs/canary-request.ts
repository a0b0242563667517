import { randomInt } from 'node:crypto';
import type { SecureContext } from 'node:tls';
import { Client } from 'undici';
import { displayName } from '../../core/record-name.js';
import type { Clock, Dns } from '../../engine/ports.js';
import { underDeadline } from '../probe/deadline.js';
import type { SendCanary } from './app-tail.js';

/** A canary that is answered later is no heartbeat. */
const timeoutMs = 5_000;

/**
 * Sends requests of our own through a Heroku router with an id that the router keeps in its log (Heroku Dev Center, "HTTP Request IDs").
 * Any answer will do, an error of the app too: the router has then written its line.
 */
export function createCanarySender(settings: {
  readonly dns: Dns;
  readonly clock: Clock;
  readonly roots: () => SecureContext;
}): SendCanary {
  const { dns, clock, roots } = settings;
  return async ({ host, route, requestId }, signal) => {
    const answered = await underDeadline(clock, timeoutMs, signal, async (deadline) => {
      const found = await dns.addresses(route.dnsName, deadline);
      const addresses = found.ok ? found.value : [];
      const address = addresses[addresses.length === 0 ? 0 : randomInt(addresses.length)];
      if (address === undefined) return false;
      const name = displayName(host);
      const at = address.includes(':') ? `[${address}]` : address;
      const client = new Client(`https://${at}:${route.port}`, {
        connect: { servername: name, secureContext: roots(), timeout: timeoutMs },
      });
      try {
        const response = await client.request({
          method: 'GET',
          path: route.path,
          headers: { host: name, 'user-agent': 'shift-canary', 'x-request-id': requestId },
          signal: deadline,
        });
        await response.body.dump();
        return true;
      } finally {
        await client.destroy();
      }
    });
    return answered.ok && answered.value;
  };
}
