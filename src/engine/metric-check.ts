import type { MetricQuery, MetricSourceKind } from '../core/metric/metric-query.js';
import type { MigrationPlan } from '../core/plan.js';
import { displayName } from '../core/record-name.js';
import { withDeadline } from './deadline.js';
import type { Clock, MetricSource } from './ports.js';
import type { Check } from './check.js';

/** The longest that one source may take to be checked: a log must be given time to say something. */
const checkMs = 20_000;

/** Whether the requests of both sides of every host can be counted: one check for each side. Never throws. */
export function metricChecks(
  ports: { readonly source: (kind: MetricSourceKind) => Promise<MetricSource>; readonly clock: Clock },
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const sides = plan.hosts.flatMap(({ host, metrics }) =>
    metrics === undefined
      ? []
      : (['source', 'target'] as const).map((side) => ({
          at: `${side} of ${displayName(host)}`,
          queries: metrics.queries.filter((query) => query.side === side),
        })),
  );
  return Promise.all(
    sides.map(async ({ at, queries }): Promise<Check> => {
      const told = await Promise.all(
        kindsOf(queries).map(async (kind) => {
          const own = queries.filter(({ spec }) => spec.source === kind);
          const checking = ports.source(kind).then((source) => source.check(own, signal));
          return withDeadline(checking, checkMs, ports.clock);
        }),
      );
      const facts: string[] = [];
      for (const one of told) {
        const trouble = one.ok ? (one.value.ok ? null : one.value.error.message) : one.error;
        if (trouble !== null) return { name: 'metrics', verdict: 'refused', fact: `${at}: ${trouble}`, fix };
        if (one.ok && one.value.ok) facts.push(one.value.value);
      }
      return { name: 'metrics', verdict: 'ok', fact: `${at}: ${facts.join('; ')}`, fix: null };
    }),
  );
}

const fix =
  'put that right, say under metrics in a migration file where its requests are counted, or let probes alone judge with gate: {evidence: probes}';

function kindsOf(queries: readonly MetricQuery[]): readonly MetricSourceKind[] {
  return [...new Set(queries.map(({ spec }) => spec.source))];
}
