import { HostedZones } from '../../../src/lab/zone/hosted-zones.js';
import { zoneApiContract } from '../../contract/zone-api.contract.js';
import { MemoryZoneApi } from './memory-zone-api.js';

zoneApiContract('MemoryZoneApi', () => {
  const zones = new HostedZones({ serverCount: 4, insyncDelayMs: 0, now: () => 0, random: () => 0.5 });
  return Promise.resolve({
    api: new MemoryZoneApi(zones),
    zones,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
