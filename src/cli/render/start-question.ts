import type { Check } from '../../engine/check.js';
import type { MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import { safeCopy } from './safe-copy.js';

/** The question of `start`. What the checks above it warn of has scrolled away by then, so it is named once more. */
export function startQuestion({ hosts, policy }: MigrationPlan, checks: readonly Check[]): string {
  const names = hosts.map(({ host }) => displayName(host)).join(', ');
  const warnings = safeCopy(checks).filter(({ verdict }) => verdict === 'warning');
  const topics = [...new Set(warnings.map(({ name }) => name))].join(', ');
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return `Begin moving ${names} by policy ${policy.name}?${warnings.length === 0 ? '' : ` (${count} above: ${topics})`}`;
}
