import { hostname } from 'node:os';
import type { Config } from '../config.js';
import type { Clock, Dns, Log, Notifier, Store } from '../engine/ports.js';
import type { Telling } from '../engine/telling.js';

/** Whoever a policy names is told from this process; what that takes is loaded when somebody is told for the first time. */
export async function composeTelling(
  config: Config,
  ports: { readonly store: Store; readonly dns: Dns; readonly clock: Clock; readonly log: Log },
): Promise<Telling> {
  const { Telling } = await import('../engine/telling.js');
  let loaded: Promise<Notifier> | undefined;
  const notifier = (): Promise<Notifier> => (loaded ??= loadNotifier(config, ports));
  const { store, clock, log } = ports;
  return new Telling({
    store,
    clock,
    log,
    notifier: {
      tell: async (to, message, head, signal) => (await notifier()).tell(to, message, head, signal),
      ask: async (hook, question, signal) => (await notifier()).ask(hook, question, signal),
      beat: async (heartbeat, signal) => (await notifier()).beat(heartbeat, signal),
    },
  });
}

async function loadNotifier(
  { caFile, stateDirectory, notifyStandIn }: Config,
  { dns, clock }: { readonly dns: Dns; readonly clock: Clock },
): Promise<Notifier> {
  const { createNotifier } = await import('../adapters/notify/notifier.js');
  const { trustedAuthorities } = await import('../adapters/notify/authorities.js');
  const standIn = notifyStandIn === null ? {} : { standIn: standInAt(notifyStandIn) };
  return createNotifier({
    dns,
    clock,
    roots: await trustedAuthorities(caFile),
    variable: (name) => process.env[name],
    place: { machine: hostname(), stateDirectory: stateDirectory.path },
    ...standIn,
  });
}

/** Slack's URL is a secret that has to name this host; PagerDuty's is that of its Events API. */
function standInAt(base: string): { readonly slackHost: string; readonly pagerDutyUrl: string } {
  return { slackHost: new URL(base).host, pagerDutyUrl: `${base}/v2/enqueue` };
}
