import { setMaxListeners } from 'node:events';
import type { MigrationState } from '../core/migration-state.js';
import { originalOf, type HostPlan, type PlannedZone } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import {
  judgeResolvers,
  majority,
  type HostResolvers,
  type ResolverFinding,
} from '../core/resolver-report.js';
import type { ResolverAnswers } from './inspection-ports.js';
import type { Dns } from './ports.js';

export interface ResolverPorts {
  readonly resolvers: ResolverAnswers;
  readonly dns: Dns;
}

/** What is known of a host's records without asking name servers. */
export interface Standing {
  /** Names that they hand out, one after the other where they are weighted. */
  readonly names: readonly string[];
  /** Null where it is not known, or another's as an alias's is. */
  readonly ttlSeconds: number | null;
}

/** Everything together; whoever has not answered by then is told to be silent. */
const reportTimeoutMs = 2_000;

/** What resolvers of other people hand out for every host of a running migration, now. For reporting alone. Never rejects. */
export async function reportResolvers(
  ports: ResolverPorts,
  { plan, image, stageTimes }: Pick<MigrationState, 'plan' | 'image' | 'stageTimes'>,
  signal: AbortSignal,
  timeoutMs: number = reportTimeoutMs,
): Promise<readonly HostResolvers[]> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // Each question for each host listens for the end; Node.js takes more than ten listeners on one signal for a leak.
  setMaxListeners(0, ending);
  return Promise.all(
    plan.hosts.map(async (host): Promise<HostResolvers> => {
      const records = image.find((one) => one.host === host.host)?.records ?? [];
      // A sample of a few answers may miss a small share, so what the last accepted write left stands beside it.
      const names = records
        .filter(({ type, weight }) => type === 'CNAME' && weight !== 0)
        .flatMap(({ values }) => values);
      // Until the first traffic moves, an answer with the TTL from before the take-over is as it should be.
      const kept = stageTimes.length > 0 ? records : [...records, ...originalOf(plan, host.host).records];
      const ttls = kept.flatMap(({ ttl }) => ttl ?? []);
      const standing = { names, ttlSeconds: ttls.length === 0 ? null : Math.max(...ttls) };
      const found = await findResolvers(ports, { zone: plan.zone, host, standing }, ending);
      return { host: displayName(host.host), majority: majority(found.findings), ...found };
    }),
  );
}

/** What each resolver hands out for a host, held against its own name servers, which are asked at the same time. */
export async function findResolvers(
  { resolvers, dns }: ResolverPorts,
  about: { readonly zone: PlannedZone; readonly host: HostPlan; readonly standing: Standing },
  signal: AbortSignal,
): Promise<{ readonly findings: readonly ResolverFinding[]; readonly isAuthorityHeard: boolean }> {
  const { zone, host, standing } = about;
  const [answers, readings, source, target] = await Promise.all([
    resolvers.answers(host.host, signal),
    dns.sample({ nameServers: zone.nameServers, host: host.host, count: 1 }, signal),
    dns.addresses(displayName(host.source.dnsName), signal),
    dns.addresses(displayName(host.target.dnsName), signal),
  ]);
  const sampled = readings.flatMap((reading) => Object.keys(reading.answers));
  const authority = {
    cnames: [...new Set([...sampled, ...standing.names])],
    addresses: { source: source.ok ? source.value : [], target: target.ok ? target.value : [] },
    ttlSeconds: standing.ttlSeconds,
  };
  return {
    findings: judgeResolvers(host, answers, authority),
    isAuthorityHeard: readings.some((reading) => reading.failed === 0),
  };
}
