import { createDns } from '../../../src/adapters/dns/dns.js';
import { startNameServer } from '../../../src/lab/dns/name-server.js';
import { startRecursive } from '../../../src/lab/dns/recursive.js';
import { seededRandom } from '../../../src/lab/random.js';
import { dnsContract } from '../../contract/dns.contract.js';
import { privateAddress } from '../../lab/loopback.js';
import { servers, twoServerZones } from './served-zones.js';

dnsContract('DNS over the wire', async () => {
  const addresses = [privateAddress(), privateAddress()] as const;
  const zones = twoServerZones(addresses);
  const random = seededRandom('1');
  const one = await startNameServer({ zones, serverIndex: 0, host: addresses[0], port: 0, random });
  const two = await startNameServer({ zones, serverIndex: 1, host: addresses[1], port: one.port, random });
  const resolver = await startRecursive({ zones, host: privateAddress(), port: 0, random });
  return {
    dns: createDns({ resolver: { address: resolver.host, port: resolver.port }, dnsPort: one.port }),
    zones,
    nameServers: servers,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([one.close(), two.close(), resolver.close()]);
    },
  };
});
