/** What an alias to a host's target names, found out before anything is written. */
export interface AliasEnd {
  readonly hostedZoneId: string;
  /** The target's name as the alias says it, with `dualstack.` where the load balancer answers under that. */
  readonly dnsName: string;
  /** The target answers over IPv6, so an AAAA belongs beside the A. */
  readonly hasIpv6: boolean;
}
