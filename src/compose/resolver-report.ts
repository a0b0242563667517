import type { Config } from '../config.js';
import type { MigrationState } from '../core/migration-state.js';
import type { HostResolvers } from '../core/resolver-report.js';
import { composeResolverAnswers, systemResolver } from './resolver-answers.js';

/** Asks resolvers of other people about the hosts of a migration; null where none is to be asked. */
export async function composeResolverReport(
  config: Config,
): Promise<((state: MigrationState, signal: AbortSignal) => Promise<readonly HostResolvers[]>) | null> {
  const resolvers = await composeResolverAnswers(config);
  if (resolvers === null) return null;
  const { createDns } = await import('../adapters/dns/dns.js');
  const { reportResolvers } = await import('../engine/resolver-findings.js');
  // By packets of our own: a look-up of the system's cannot be ended, and would keep the program for long after its report.
  const resolver = config.resolver ?? systemResolver()[0] ?? null;
  const dns = createDns({ resolver, dnsPort: config.dnsPort });
  return (state, signal) => reportResolvers({ resolvers, dns }, state, signal);
}
