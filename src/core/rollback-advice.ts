import type { MigrationState } from './migration-state.js';

/**
 * What a person can do while Route 53 takes no change, one sentence a line: the same batch by hand, and the way that needs no control
 * plane where health checks were attached (Route 53 Developer Guide, "Disaster recovery (DR) mechanisms: control and data planes").
 */
export function rollbackAdvice({ plan, image }: MigrationState): readonly string[] {
  const files = `break-glass/${plan.id}/README.txt in the state directory`;
  const checks = image.flatMap(({ records }) => records.flatMap(({ healthCheckId }) => healthCheckId ?? []));
  const withoutApi =
    checks.length > 0
      ? `without the API: the target carries a health check, so name servers drop it while it fails its check; let the target fail it, or stop the target`
      : `without the API nothing moves traffic by itself, because no health check is attached (failover: health-checks); keep both sides serving`;
  return [
    'rollback: Route 53 has not taken it yet; it is tried again without end, and this may be left alone',
    `by hand, from any machine with the AWS CLI: the lines of ${files}`,
    withoutApi,
  ];
}
