import type { RecordSet } from './record-set.js';

/**
 * How long, in seconds, a resolver may remember that something does not exist in this zone: the smaller of the SOA record's TTL and its
 * minimum field (RFC 2308, section 5). Null without a readable SOA record.
 */
export function negativeTtlSeconds(apex: readonly RecordSet[]): number | null {
  const soa = apex.find(({ type }) => type === 'SOA');
  const minimum = Number(soa?.values[0]?.trim().split(/\s+/)[6]);
  if (soa?.ttl == null || !Number.isInteger(minimum) || minimum < 0) return null;
  return Math.min(soa.ttl, minimum);
}
