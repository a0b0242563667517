import type { HostPlan } from '../../core/plan.js';
import { originalOf } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import {
  judgeResolvers,
  majority,
  type Authority,
  type ResolverFinding,
} from '../../core/resolver-report.js';
import type { Check } from '../check.js';
import { passed, warned, type Look, type PreflightPorts } from './look.js';

const name = 'resolvers';

/**
 * What resolvers that users have hand out, beside what the authoritative name servers say. It is told and nothing more: no resolver's
 * word refuses a start or moves anything.
 */
export const lookAtResolvers: Look = async (ports, plan, signal) => {
  const { resolvers } = ports;
  if (resolvers === null) return [];
  const checks = plan.hosts.map(async (host): Promise<readonly Check[]> => {
    const [answers, authority] = await Promise.all([
      resolvers.answers(host.host, signal),
      authorityOf(ports, plan, host, signal),
    ]);
    return answers.length === 0 ? [] : [checkOf(host, judgeResolvers(host, answers, authority))];
  });
  return (await Promise.all(checks)).flat();
};

async function authorityOf(
  { dns }: PreflightPorts,
  plan: Parameters<Look>[1],
  host: HostPlan,
  signal: AbortSignal,
): Promise<Authority> {
  const { nameServers } = plan.zone;
  const [readings, source, target] = await Promise.all([
    dns.sample({ nameServers, host: host.host, count: 1 }, signal),
    dns.addresses(displayName(host.source.dnsName), signal),
    dns.addresses(displayName(host.target.dnsName), signal),
  ]);
  const cnames = readings.flatMap(({ answers }) => Object.keys(answers));
  const [record] = originalOf(plan, host.host).records;
  return {
    cnames: [...new Set(cnames)],
    addresses: { source: source.ok ? source.value : [], target: target.ok ? target.value : [] },
    ttlSeconds: record?.ttl ?? null,
  };
}

function checkOf({ host }: HostPlan, findings: readonly ResolverFinding[]): Check {
  const most = majority(findings);
  const agreeing = findings.filter(({ says }) => says === most).length;
  const summary =
    most === null
      ? `${displayName(host)}: most of ${findings.length} resolvers hand out neither side`
      : `${displayName(host)}: ${agreeing} of ${findings.length} resolvers hand out the ${most}`;
  const troubles = findings.flatMap(({ resolver, trouble }) =>
    trouble === null ? [] : [`${resolver} ${trouble}`],
  );
  if (troubles.length === 0) return passed(name, summary);
  const fact = `${[summary, ...troubles].join('; ')}; only the authoritative name servers decide anything`;
  return warned(name, fact, null);
}
