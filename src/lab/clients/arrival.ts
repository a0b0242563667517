import type { Clients } from './clients.js';
import type { SecondCount } from './tally.js';

const lookEveryMs = 100;

/** How long the clients must have been served well. */
const steadySeconds = 2;

/** Above this mean the origins still work off connections that wait to be accepted. */
const steadyLatencyMs = 250;

/**
 * Resolves with true once the clients have been answered quickly and at nearly their full rate for two seconds, and with false when
 * that has not come about in time.
 *
 * Opening all their connections at once takes most of a core, and on a busy computer some have to try again. Whoever judges the sides
 * meanwhile takes the rush for a sick side; a live site does not begin like that.
 *
 * @param perSecond requests of all clients together
 */
export async function clientsArrived(
  clients: Clients,
  { perSecond, now, timeoutMs }: { perSecond: number; now: () => number; timeoutMs: number },
): Promise<boolean> {
  const giveUpAtMs = now() + timeoutMs;
  while (now() < giveUpAtMs) {
    const thisSecondMs = Math.floor(now() / 1_000) * 1_000;
    const last = clients.seconds(thisSecondMs - steadySeconds * 1_000);
    const good = last.filter((second) => second.startMs < thisSecondMs && isGood(second, perSecond));
    if (good.length === steadySeconds) return true;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

function isGood({ byAddress }: SecondCount, perSecond: number): boolean {
  const counts = [...byAddress.values()];
  const answered = counts.reduce((sum, { ok }) => sum + ok, 0);
  const waitedMs = counts.reduce((sum, { requests, meanLatencyMs }) => sum + requests * meanLatencyMs, 0);
  // Rounded down for the few requests of a small population, one more or less of which falls into a second by chance.
  return answered >= Math.floor(0.9 * perSecond) && waitedMs <= steadyLatencyMs * answered;
}
