/** What two ways of asking said about a zone's name servers; null where one did not say anything. */
export interface ToldNameServers {
  readonly resolver: readonly string[] | null;
  readonly parent: readonly string[] | null;
}

/** Whether the world asks this zone or another one. */
export type DelegationVerdict =
  | { readonly delegation: 'ours' }
  | { readonly delegation: 'elsewhere'; readonly servers: readonly string[] }
  | { readonly delegation: 'unknown' };

/**
 * Every server that is told must be one of the zone's own: a single foreign one gives some of the users other answers. That one of
 * ours is left out is common and harmless.
 */
export function delegationVerdict(own: readonly string[], told: ToldNameServers): DelegationVerdict {
  const known = new Set(own.map(plain));
  const ways = [told.resolver, told.parent].filter((way) => way !== null && way.length > 0);
  const wrong = ways.find((way) => way?.some((server) => !known.has(plain(server))));
  if (wrong != null) return { delegation: 'elsewhere', servers: wrong };
  return { delegation: ways.length === 0 || known.size === 0 ? 'unknown' : 'ours' };
}

function plain(server: string): string {
  return server.replace(/\.$/, '').toLowerCase();
}
