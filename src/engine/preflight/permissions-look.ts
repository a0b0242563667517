import type { Change, ChangeBatch } from '../../core/change-batch.js';
import {
  describeTrial,
  splitTrial,
  trialBatch,
  trialOutcome,
  type TrialOutcome,
} from '../../core/permission-trial.js';
import type { MigrationPlan } from '../../core/plan.js';
import { displayName } from '../../core/record-name.js';
import type { Check } from '../check.js';
import { passed, refused, type Look, type PreflightPorts } from './look.js';

const trialTimeoutMs = 10_000;
/** Trials of single names and types once a whole one was denied; more would only repeat what is known. */
const maxSplit = 6;

/** What each action is needed for. */
const actions: readonly (readonly [action: Change['action'], purpose: string])[] = [
  ['DELETE', 'every step'],
  ['CREATE', 'every step'],
  ['UPSERT', 'a rollback that goes over what others wrote'],
];

/**
 * That the credentials may do what the migration will do, by batches that can only fail. One after the other: Route 53 takes one change
 * of a zone at a time.
 */
export const lookAtPermissions: Look = async (ports, plan, signal) => {
  const checks: Check[] = [];
  for (const [action, purpose] of actions)
    checks.push(...(await tryAction(ports, plan, action, purpose, signal)));
  const missing = [...checks, ...(await tryGetChange(ports, plan, signal))];
  if (missing.length > 0) return missing;
  const fact =
    'the credentials may read the zone and its changes, and CREATE, DELETE and UPSERT the records of the hosts and their markers, so a rollback too (asked with batches that can only fail; nothing was written)';
  return [passed('permissions', fact)];
};

async function tryAction(
  ports: PreflightPorts,
  plan: MigrationPlan,
  action: Change['action'],
  purpose: string,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const whole = trialBatch(action, plan, plan.originals, ports.ids.next());
  const outcome = await attempt(ports, plan, whole, signal);
  switch (outcome.outcome) {
    case 'granted':
      return [];
    case 'denied': {
      const names = await deniedParts(ports, plan, whole, signal);
      const fact = `route53:ChangeResourceRecordSets is missing for ${names.join(', ') || action}, needed for ${purpose}: ${outcome.because}`;
      return [refused('permissions', fact, fixOf(plan))];
    }
    case 'accepted': {
      const fact =
        'Route 53 accepted a batch that deletes a record that cannot exist; this endpoint does not keep the rules that a migration relies on';
      return [refused('permissions', fact, 'look at the zone, and use no emulator for a live name')];
    }
    case 'unknown': {
      const fact = `it could not be seen whether the credentials may ${action} records: ${outcome.because}`;
      return [refused('permissions', fact, 'try again')];
    }
  }
}

async function attempt(
  { zones, clock }: PreflightPorts,
  { zone }: MigrationPlan,
  batch: ChangeBatch,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  for (let tries = 1; ; tries += 1) {
    const result = await zones.change(zone.id, batch, trialTimeoutMs, signal);
    const isPassing = !result.ok && (result.error.reason === 'busy' || result.error.reason === 'throttled');
    if (!isPassing || tries === maxTries || signal.aborted) return trialOutcome(result);
    await clock.sleep(1_000 * tries, signal);
  }
}

const maxTries = 4;

/** The names and types that are denied by themselves. */
async function deniedParts(
  ports: PreflightPorts,
  plan: MigrationPlan,
  whole: ChangeBatch,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const denied: string[] = [];
  for (const part of splitTrial(whole).slice(0, maxSplit)) {
    const { outcome } = await attempt(ports, plan, part, signal);
    if (outcome === 'denied') denied.push(describeTrial(part));
  }
  return denied;
}

/** A change that cannot exist: what is unknown may be asked about, what is denied may not. */
async function tryGetChange(
  { zones }: PreflightPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const status = await zones.changeStatus('C00000000000000000000', signal);
  if (status.ok || status.error.reason === 'not-found') return [];
  const { reason, message } = status.error;
  const fact =
    reason === 'denied'
      ? `route53:GetChange is missing, so nothing would say when a change has reached every name server: ${message}`
      : `it could not be seen whether the credentials may call route53:GetChange: ${message}`;
  return [refused('permissions', fact, fixOf(plan))];
}

function fixOf({ hosts, zone }: MigrationPlan): string {
  return `attach what this prints to the role or user: shiftctl iam ${displayName(hosts[0]?.host ?? '')} --zone ${zone.id}`;
}
