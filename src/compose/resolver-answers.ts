import { getServers } from 'node:dns';
import type { Config } from '../config.js';
import { readResolvers, type SocketAddress } from '../config/setting-value.js';
import type { ResolverAnswers } from '../engine/inspection-ports.js';

/** Cloudflare's, Google's and Quad9's, which many users have. They learn a name that is in public DNS anyway. */
const publicResolvers: readonly SocketAddress[] = ['1.1.1.1', '8.8.8.8', '9.9.9.9'].map((address) => ({
  address,
  port: 53,
}));

/** Null where nobody is to be asked. Whoever names a resolver of his own, as a lab does, has no other one asked. */
export async function composeResolverAnswers({
  reportResolvers,
  resolver,
}: Config): Promise<ResolverAnswers | null> {
  const chosen =
    reportResolvers ?? (resolver === null ? [...publicResolvers, ...systemResolver()] : [resolver]);
  if (chosen.length === 0) return null;
  const { createResolverAnswers } = await import('../adapters/dns/resolver-answers.js');
  return createResolverAnswers(chosen);
}

/** The first one this machine is told to use. */
export function systemResolver(): readonly SocketAddress[] {
  const [first] = getServers();
  const read = first === undefined ? null : readResolvers(first);
  return read?.ok === true ? read.value : [];
}
