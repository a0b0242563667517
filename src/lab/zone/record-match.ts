import { isDeepStrictEqual } from 'node:util';
import type { LabRecord } from './record.js';

/**
 * Whether a DELETE repeats the stored record set: TTL, values in any order, alias, weight and health check
 * (kubernetes-sigs/external-dns#732, airbnb/zonify#23, barnybug/cli53#84).
 *
 * That a different weight alone is refused follows from the API reference ("must specify the same values"); no captured answer
 * for it has been published, so its source is unconfirmed.
 */
export function repeatsStored(sent: LabRecord, stored: LabRecord): boolean {
  return isDeepStrictEqual(comparable(sent), comparable(stored));
}

function comparable(record: LabRecord): unknown {
  return [
    record.ttl,
    record.values === undefined ? undefined : [...record.values].sort(),
    record.alias,
    record.weight,
    record.otherRouting,
    record.healthCheckId,
    record.trafficPolicyInstanceId,
  ];
}
