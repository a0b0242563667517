import type { ChangeBatch } from '../change-batch.js';
import type { MigrationState } from '../migration-state.js';
import type { RecordSet } from '../record-set.js';
import { pairMembers } from '../share.js';

/** Health checks that a forward write must not put on a record: anybody else's, or one that answers for the other side. */
export function healthCheckViolations(state: MigrationState, batch: ChangeBatch): readonly string[] {
  const created = batch.changes.filter(({ action }) => action !== 'DELETE').map(({ record }) => record);
  return created
    .filter((record) => record.healthCheckId !== null && !isItsOwn(state, created, record))
    .map((record) => `${record.name} would carry the health check ${record.healthCheckId ?? ''}`);
}

/** Both members carry one or none does: the rule for zero weights speaks of records that all have one. */
function isItsOwn(state: MigrationState, created: readonly RecordSet[], record: RecordSet): boolean {
  const { source, target } = pairMembers(created.filter(({ name }) => name === record.name));
  if (source?.healthCheckId == null || target?.healthCheckId == null) return false;
  const side = record === source ? 'source' : 'target';
  const check = state.healthChecks.find(({ id }) => id === record.healthCheckId);
  return check?.side === side && (side === 'source' || check.host === record.name);
}
