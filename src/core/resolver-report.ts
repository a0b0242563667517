import type { HostPlan } from './plan.js';
import type { SideName } from './probe.js';
import { unreachable } from './result.js';
import { sourceNames } from './source-names.js';

/** What one resolver that other people use told of a host. Foreign text in it is a parsed name or an address. */
export type ResolverAnswer =
  | {
      readonly resolver: string;
      readonly status: 'answered';
      /** The name that the host is an alias of, normalised; null where it has addresses itself. */
      readonly cname: string | null;
      readonly addresses: readonly string[];
      /** How long the resolver keeps what it told of the host itself; null where it told nothing. */
      readonly ttlSeconds: number | null;
    }
  | { readonly resolver: string; readonly status: 'silent'; readonly because: string };

/** What the host's own name servers say, and which addresses belong to which side. */
export interface Authority {
  /** Names that the authoritative servers hand out for the host; empty for an alias, which they answer with addresses. */
  readonly cnames: readonly string[];
  readonly addresses: Readonly<Record<SideName, readonly string[]>>;
  /** The TTL of the records as they stand; null for an alias, whose TTL is the target's own. */
  readonly ttlSeconds: number | null;
}

export interface ResolverFinding {
  readonly resolver: string;
  readonly says: SideName | 'neither' | 'nothing';
  /** What a person should know, or null when it is as it should be. */
  readonly trouble: string | null;
}

/** What all resolvers that were asked hand out for one host. */
export interface HostResolvers {
  readonly host: string;
  /** The side that most of those who named one hand out; null without a majority. */
  readonly majority: SideName | null;
  readonly findings: readonly ResolverFinding[];
  /** False where no authoritative name server answered in time: then it is compared with the last accepted write alone. */
  readonly isAuthorityHeard: boolean;
}

/** What each resolver hands out. For reporting only: whatever one of them says, decisions rest on the authoritative name servers. */
export function judgeResolvers(
  host: HostPlan,
  answers: readonly ResolverAnswer[],
  authority: Authority,
): readonly ResolverFinding[] {
  return answers.map((answer) => {
    const { resolver } = answer;
    if (answer.status === 'silent')
      return { resolver, says: 'nothing', trouble: `did not answer: ${answer.because}` };
    const says = sideOf(host, answer, authority);
    return { resolver, says, trouble: troubleOf(says, answer, authority, host) };
  });
}

/** The side that most of those who named one hand out; null without a majority. */
export function majority(findings: readonly ResolverFinding[]): SideName | null {
  const named = findings.filter(({ says }) => says === 'source' || says === 'target');
  const source = named.filter(({ says }) => says === 'source').length;
  if (2 * source === named.length) return null;
  return 2 * source > named.length ? 'source' : 'target';
}

/** `www.example.com: 3 of 4 resolvers hand out the source`. */
export function resolverSummary(host: string, findings: readonly ResolverFinding[]): string {
  const all = findings.length;
  const count = (says: ResolverFinding['says']): number =>
    findings.filter((finding) => finding.says === says).length;
  const most = majority(findings);
  if (most !== null) return `${host}: ${count(most)} of ${all} resolvers hand out the ${most}`;
  const each = count('source');
  if (each > 0) return `${host}: ${each} of ${all} resolvers hand out the source and as many the target`;
  return count('neither') > 0
    ? `${host}: most of ${all} resolvers hand out neither side`
    : `${host}: none of ${all} resolvers hands out either side`;
}

function namesOf(host: HostPlan, side: SideName): readonly string[] {
  return side === 'source' ? sourceNames(host) : [host.target.dnsName];
}

function sideOf(
  host: HostPlan,
  answer: ResolverAnswer & { status: 'answered' },
  { addresses }: Authority,
): ResolverFinding['says'] {
  if (answer.cname === null && answer.addresses.length === 0) return 'nothing';
  for (const side of ['source', 'target'] as const) {
    if (answer.cname !== null && namesOf(host, side).includes(answer.cname)) return side;
    // A balancer hands out some of its addresses to each who asks.
    const isBySide =
      answer.cname === null && answer.addresses.some((found) => addresses[side].includes(found));
    if (isBySide) return side;
  }
  return 'neither';
}

function troubleOf(
  says: ResolverFinding['says'],
  answer: ResolverAnswer & { status: 'answered' },
  { cnames, ttlSeconds }: Authority,
  host: HostPlan,
): string | null {
  const told = answer.cname ?? answer.addresses.slice(0, 3).join(', ');
  switch (says) {
    case 'nothing':
      return 'says that the host does not exist or has no address';
    case 'neither':
      // An answer of the authority's own that is no side of this plan is not the resolver's lie.
      if (answer.cname !== null && cnames.includes(answer.cname)) return null;
      if (cnames.length === 0)
        return `hands out ${told}, which is no address of either side as seen from here`;
      return `hands out neither side but ${told}: it lies, is captive (a portal that answers for everybody), or keeps what was there before`;
    case 'source':
    case 'target': {
      if (answer.ttlSeconds !== null && ttlSeconds !== null && answer.ttlSeconds > ttlSeconds)
        return `keeps its answer for ${answer.ttlSeconds} s more although the record's TTL is ${ttlSeconds} s: it caches beyond the TTL, and its users will come late`;
      const names = answer.cname === null ? namesOf(host, says) : [answer.cname];
      const isTold = cnames.length === 0 || names.some((known) => cnames.includes(known));
      return isTold
        ? null
        : `hands out the ${says}, which the authoritative name servers do not any more: it still keeps an older answer`;
    }
    default:
      return unreachable(says);
  }
}
