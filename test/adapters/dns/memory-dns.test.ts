import { seededRandom } from '../../../src/lab/random.js';
import { dnsContract } from '../../contract/dns.contract.js';
import { MemoryDns } from './memory-dns.js';
import { servers, twoServerZones } from './served-zones.js';

dnsContract('MemoryDns', () => {
  const zones = twoServerZones(['192.0.2.53', '192.0.2.54']);
  return Promise.resolve({
    dns: new MemoryDns({ zones, nameServers: servers, random: seededRandom('1') }),
    zones,
    nameServers: servers,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
