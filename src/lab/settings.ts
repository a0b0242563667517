/** The first three octets of a /24 in 127.0.0.0/8, for instance `127.53.1`. */
export type Subnet = string;

/** Every host of the lab has an address of its own, name servers included, as hosts on the Internet do. */
export interface LabAddresses {
  readonly route53Api: string;
  readonly herokuApi: string;
  /** CloudWatch, and the page that Prometheus scrapes. */
  readonly cloudWatchApi: string;
  /** A recursive resolver for the product, `dig` and people. */
  readonly resolver: string;
  readonly nameServers: readonly [string, string, string, string];
  readonly herokuRouter: readonly [string, string];
  readonly loadBalancer: readonly [string, string];
}

export interface LabSettings {
  readonly subnet: Subnet;
  readonly addresses: LabAddresses;
  /** DNS, UDP and TCP, on the resolver and on every name server. */
  readonly dnsPort: number;
  /** HTTPS on both sides of the migration. */
  readonly httpsPort: number;
  /** Plain HTTP on the addresses of the APIs. */
  readonly apiPort: number;
  /** Held by a running lab, so that no other one takes the same subnet. */
  readonly claimPort: number;
}

/** The settings of the lab in this subnet. Throws for every subnet that is not loopback. */
export function settingsOf(subnet: Subnet): LabSettings {
  const octets = /^127\.(\d{1,3})\.(\d{1,3})$/.exec(subnet)?.slice(1) ?? [];
  if (octets.length === 0 || octets.some((octet) => Number(octet) > 255)) {
    throw new RangeError(
      `A lab's subnet is three octets of 127.0.0.0/8, for instance 127.53.1, not "${subnet}".`,
    );
  }
  const host = (last: number): string => `${subnet}.${last}`;
  return {
    subnet,
    addresses: {
      route53Api: host(1),
      herokuApi: host(2),
      resolver: host(3),
      cloudWatchApi: host(4),
      nameServers: [host(11), host(12), host(13), host(14)],
      herokuRouter: [host(21), host(22)],
      loadBalancer: [host(31), host(32)],
    },
    dnsPort: 5300,
    httpsPort: 8443,
    apiPort: 5380,
    claimPort: 5399,
  };
}

/** Every IPv4 address of the lab, in order. */
export function addressesOf({ addresses }: LabSettings): readonly string[] {
  return Object.values(addresses).flat() as string[];
}

/** One socket that a lab listens on. */
export interface LabSocket {
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** Every socket of the lab but the claim. */
export function socketsOf({ addresses, dnsPort, httpsPort, apiPort }: LabSettings): readonly LabSocket[] {
  const tcp = (port: number) => (address: string) => ({ transport: 'tcp', address, port }) as const;
  const udp = (port: number) => (address: string) => ({ transport: 'udp', address, port }) as const;
  const dns = [addresses.resolver, ...addresses.nameServers];
  return [
    ...dns.map(udp(dnsPort)),
    ...dns.map(tcp(dnsPort)),
    ...[...addresses.herokuRouter, ...addresses.loadBalancer].map(tcp(httpsPort)),
    ...[addresses.route53Api, addresses.herokuApi, addresses.cloudWatchApi].map(tcp(apiPort)),
  ];
}

/** Subnets that are tried in turn when none is asked for: room for fifty labs on one machine. */
export const candidateSubnets: readonly Subnet[] = Array.from(
  { length: 50 },
  (_, index) => `127.53.${index + 1}`,
);
