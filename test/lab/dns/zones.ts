import type { LabRecord, ServedZone, ZoneSource } from '../../../src/lab/zone/record.js';

/** A zone of fixed records; a record's name is given in zone form. */
export function zoneOf(apex: string, records: readonly LabRecord[]): ServedZone {
  return {
    apex,
    records: () => records,
    at: (name) => records.filter((record) => record.name === name),
    exists: (name) => records.some((record) => record.name === name || record.name.endsWith(`.${name}`)),
  };
}

/** Zones that every name server sees alike; `zones` is read anew at each query so that a test can change it. */
export function sourceOf(zones: () => readonly ServedZone[]): ZoneSource {
  return {
    serverCount: 1,
    zoneFor: (_serverIndex, name) =>
      zones()
        .filter((zone) => name === zone.apex || name.endsWith(`.${zone.apex}`))
        .sort((a, b) => b.apex.length - a.apex.length)[0],
  };
}

export function plain(name: string, type: string, ttl: number, ...values: string[]): LabRecord {
  return { name, type, ttl, values };
}

export function member(setIdentifier: string, weight: number, value: string, ttl = 2): LabRecord {
  return { name: 'www.example.test.', type: 'CNAME', setIdentifier, weight, ttl, values: [value] };
}

export function alias(name: string, type: string, dnsName: string): LabRecord {
  return { name, type, alias: { hostedZoneId: 'Z1', dnsName, evaluateTargetHealth: false } };
}

export const SOA: LabRecord = plain(
  'example.test.',
  'SOA',
  900,
  'ns-1.awsdns-01.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400',
);
