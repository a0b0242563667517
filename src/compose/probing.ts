import type { Config } from '../config.js';
import type { PreflightPorts } from '../engine/preflight/look.js';
import { onFirstCall } from './on-first-call.js';

/** DNS, probes and the clock: what every look at the world needs. */
export type Probing = Pick<PreflightPorts, 'dns' | 'prober' | 'clock'>;

export async function composeProbing(config: Config): Promise<Probing> {
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const clock = createSystemClock();
  const dns = await openDns(config);
  return { dns, prober: await openProber(config, { dns, clock }), clock };
}

/** The same, but the packages behind it are loaded when they are first asked: a rollback is accepted before anything of them is needed. */
export async function composeLazyProbing(config: Config): Promise<Probing> {
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const clock = createSystemClock();
  const dns = onFirstCall<Probing['dns']>(() => openDns(config));
  return { dns, prober: onFirstCall<Probing['prober']>(() => openProber(config, { dns, clock })), clock };
}

async function openDns({ resolver, dnsPort }: Config): Promise<Probing['dns']> {
  const { createDns } = await import('../adapters/dns/dns.js');
  return createDns({ resolver, dnsPort });
}

async function openProber(
  { caFile }: Config,
  { dns, clock }: Omit<Probing, 'prober'>,
): Promise<Probing['prober']> {
  const { createProber } = await import('../adapters/probe/prober.js');
  return createProber({ dns, caFile, clock });
}
