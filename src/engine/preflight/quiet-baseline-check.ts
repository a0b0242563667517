import { baselineMissing } from '../../core/gate/quiet-baseline.js';
import { recordMetrics } from '../../core/metric/side-record.js';
import { begin } from '../../core/migration.js';
import type { HostMetrics, MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import type { Check } from '../check.js';
import type { MetricFeed } from '../metric-feed.js';
import type { Clock } from '../ports.js';

/**
 * Whether the gate would let the first stage begin right now, with no traffic moved: the source is measured, and the target gets hardly
 * a request. Probes say the rest. Nothing for a host that nobody counts. Never throws.
 */
export async function quietBaselineChecks(
  { metrics, clock }: { readonly metrics: Pick<MetricFeed, 'collect'>; readonly clock: Clock },
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const counted = plan.hosts.filter((host) => host.metrics !== undefined);
  if (counted.length === 0) return [];
  const planned = begin({ type: 'migration-planned', at: clock.now(), plan });
  const reports = await metrics.collect(planned, signal);
  const state = { ...planned, records: recordMetrics(planned.records, reports) };
  return counted.flatMap((host): Check[] => {
    if (host.metrics === undefined) return [];
    const at = displayName(host.host);
    const missing = baselineMissing(state, host, host.metrics, clock.now());
    const name = 'baseline';
    if (missing === null)
      return [
        { name, verdict: 'ok', fact: `${at}: the source is counted and the target is quiet`, fix: null },
      ];
    // A log has no past to read: that it can be heard is what the check of the metrics says.
    if (missing.topic === 'source-unmeasured' && isHeardOnly(host.metrics)) return [];
    const isForeign = missing.topic === 'target-not-quiet';
    return [
      {
        name,
        // What was sent by earlier looks stands in the same counts, so the gate itself has the last word once it has begun.
        verdict: 'warning',
        fact: `${at}: ${missing.because}`,
        fix: isForeign
          ? 'give the target metrics of its own, or say sharedTarget: true under metrics; then only a person promotes'
          : 'the first stage waits until the source has been counted for a while',
      },
    ];
  });
}

function isHeardOnly({ queries }: HostMetrics): boolean {
  return queries.every(({ side, spec }) => side === 'target' || spec.source === 'heroku-router');
}
