import type { Config } from '../config.js';
import type { ProviderFailure } from '../core/failure.js';
import type { MigrationPlan } from '../core/plan.js';
import { markerName } from '../core/record-name.js';
import type { HostMarker } from '../core/report/head-anchor.js';
import { ok, type Result } from '../core/result.js';
import { route53Options } from './route53-options.js';

/** Reads the markers of a migration as they stand in its zone, in one listing; writes nothing. */
export async function readMarkers(
  config: Config,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<Result<readonly HostMarker[], ProviderFailure>> {
  const { createRoute53 } = await import('../adapters/route53/route53.js');
  const zones = await createRoute53(route53Options(config));
  const names = plan.hosts.map(({ host }) => markerName(host));
  const records = await zones.records(plan.zone.id, names, signal);
  if (!records.ok) return records;
  return ok(
    plan.hosts.map(({ host }) => ({
      host,
      marker: records.value.filter(({ name }) => name === markerName(host)),
    })),
  );
}
