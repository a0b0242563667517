import type { Config } from '../config.js';
import type { PreflightPorts } from '../engine/preflight/look.js';

/** DNS, probes and the clock: what every look at the world needs. */
export type Probing = Pick<PreflightPorts, 'dns' | 'prober' | 'clock'>;

export async function composeProbing(config: Config): Promise<Probing> {
  const { createDns } = await import('../adapters/dns/dns.js');
  const { createProber } = await import('../adapters/probe/prober.js');
  const { createSystemClock } = await import('../adapters/clock/system-clock.js');
  const { resolver, dnsPort, caFile } = config;
  const clock = createSystemClock();
  const dns = createDns({ resolver, dnsPort });
  return { dns, prober: createProber({ dns, caFile, clock }), clock };
}
