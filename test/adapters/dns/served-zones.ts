import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';

export const servers: readonly [string, string] = ['ns-1.example.net', 'ns-2.example.net'];

/** Zones with two name servers, the second of which gets changes only by `propagateNow`, and the servers' own names. */
export function twoServerZones(addresses: readonly [string, string]): HostedZones {
  const zones = new HostedZones({
    serverCount: 2,
    insyncDelayMs: (server) => (server === 0 ? 0 : Infinity),
    now: () => 0,
    random: () => 0.5,
  });
  zones.createZone({ name: 'example.net', callerReference: 'net', id: 'ZNET' });
  const changes = addresses.map((address, index) => ({
    action: 'CREATE',
    record: { name: servers[index] ?? '', type: 'A', ttl: 60, values: [address] },
  }));
  const outcome = zones.change('ZNET', changes);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  zones.propagateNow();
  return zones;
}
