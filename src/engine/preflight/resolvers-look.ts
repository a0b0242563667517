import type { HostPlan } from '../../core/plan.js';
import { originalOf } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import { resolverSummary, type ResolverFinding } from '../../core/resolver-report.js';
import type { Check } from '../check.js';
import { findResolvers } from '../resolver-findings.js';
import { passed, warned, type Look } from './look.js';

const name = 'resolvers';

/**
 * What resolvers that users have hand out, beside what the authoritative name servers say. It is told and nothing more: no resolver's
 * word refuses a start or moves anything.
 */
export const lookAtResolvers: Look = async ({ resolvers, dns }, plan, signal) => {
  if (resolvers === null) return [];
  const checks = plan.hosts.map(async (host): Promise<readonly Check[]> => {
    const ttlSeconds = originalOf(plan, host.host).records[0]?.ttl ?? null;
    const standing = { names: [], ttlSeconds };
    const found = await findResolvers({ resolvers, dns }, { zone: plan.zone, host, standing }, signal);
    return found.findings.length === 0 ? [] : [checkOf(host, found.findings)];
  });
  return (await Promise.all(checks)).flat();
};

function checkOf(host: HostPlan, findings: readonly ResolverFinding[]): Check {
  const summary = resolverSummary(displayName(host.host), findings);
  const troubles = findings.flatMap(({ resolver, trouble }) =>
    trouble === null ? [] : [`${resolver} ${trouble}`],
  );
  if (troubles.length === 0) return passed(name, summary);
  const fact = `${[summary, ...troubles].join('; ')}; only the authoritative name servers decide anything`;
  return warned(name, fact, null);
}
