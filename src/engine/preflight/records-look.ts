import { describeEndpoint } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import { describeRecord } from '../../core/record-set.js';
import { formatDuration } from '../../core/time.js';
import type { Check } from '../check.js';
import type { Look } from './look.js';

/** What the take-over replaces, and how long the old answers stay in caches. */
export const lookAtRecords: Look = (_, plan) => {
  const checks = plan.hosts.map(({ host, source }): Check => {
    const records = plan.originals.find((image) => image.host === host)?.records ?? [];
    const described = records.map((record) => describeRecord(record)).join('; ');
    const ttlSeconds = Math.max(0, ...records.map((record) => record.ttl ?? 60));
    const wait = formatDuration(ttlSeconds * 1000 + plan.policy.tailMs);
    const fact = `${displayName(host)} points at the source, ${describeEndpoint(source)}: ${described}; the take-over waits ${wait} for cached answers`;
    return { name: 'records', verdict: 'ok', fact, fix: null };
  });
  return Promise.resolve(checks);
};
