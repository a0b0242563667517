import type { Event } from '../event.js';
import type { Alarm, Topic } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import { isLive } from '../phase.js';
import { displayName } from '../record-name.js';
import { elapsed, type Instant } from '../time.js';
import { credentialsAreDue, credentialsTroubles } from './credentials.js';

const usualMs = 3_600_000;
/** What is wrong may soon be put right, and whoever does that wants to see it. */
const soonMs = 5 * 60_000;

const topics: readonly Topic[] = [
  'zone-gone',
  'wrong-account',
  'delegation-moved',
  'rollback-denied',
  'credentials-expired',
  'credentials-expiring',
];

/** Whether it is time to look again. Preflight looked when the plan was made, so the first hour counts from there. */
export function foundationIsDue(state: MigrationState, now: Instant): boolean {
  const { phase, foundation, plan } = state;
  const isBusy = phase.phase === 'rolling-back' || phase.phase === 'draining';
  if (!isLive(phase) || isBusy) return false;
  const lookedAt = foundation?.at ?? plan.createdAt;
  const isWell = foundationTroubles(state).length + credentialsTroubles(state, now).length === 0;
  const pauseMs = isWell ? usualMs : soonMs;
  if (credentialsAreDue(foundation?.credentials, lookedAt, now)) return true;
  // A clock that was set back must not put it off.
  return elapsed(lookedAt, now) >= pauseMs || lookedAt > now;
}

/** What is known to be wrong, the gravest first; each keeps everything from going forward. */
export function foundationTroubles(state: MigrationState): readonly Alarm[] {
  const { foundation, plan } = state;
  const zone = `${displayName(plan.zone.name)} (${plan.zone.id})`;
  const troubles: Alarm[] = [];
  const gone = goneBecause(state);
  if (gone !== null) troubles.push({ topic: 'zone-gone', because: `the zone ${zone} is gone: ${gone}` });
  const account = foundation?.account ?? null;
  if (account !== null && plan.zone.accountId !== undefined && account !== plan.zone.accountId) {
    const because = `wrong account or profile: the credentials belong to ${account}, the plan to ${plan.zone.accountId}; set AWS_PROFILE`;
    troubles.push({ topic: 'wrong-account', because });
  }
  if (foundation?.delegation.status === 'elsewhere') {
    const servers = foundation.delegation.servers.join(', ');
    const because = `${zone} is no longer delegated to its name servers but to ${servers}: nobody sees what is written to it, a rollback neither`;
    troubles.push({ topic: 'delegation-moved', because });
  }
  if (foundation?.rollback.status === 'denied') {
    const { missing, because: told } = foundation.rollback;
    const because = `the permission to roll back is gone: route53:ChangeResourceRecordSets for ${missing.join(', ')} (${told}); print the policy with shiftctl iam`;
    troubles.push({ topic: 'rollback-denied', because });
  }
  return troubles;
}

/** The tick's own reading says first that there is no such zone; a later one that finds it counts more than an old look. */
function goneBecause({ latest, foundation }: MigrationState): string | null {
  const zone = latest?.zone;
  if (zone?.status !== 'unknown') return null;
  if (zone.failure.reason !== 'not-found') return null;
  const why = foundation?.zone.status === 'gone' ? foundation.zone.because : zone.failure.message;
  return `${why}; it was deleted, or these are the credentials of another account or profile`;
}

/** The next alarm to raise or to clear, or null. */
export function foundationEvent(state: MigrationState, at: Instant): Event | null {
  if (state.phase.phase === 'planned') return null;
  const troubles = [...foundationTroubles(state), ...credentialsTroubles(state, at)];
  const news = troubles.find(({ topic }) => !state.alarms.includes(topic));
  if (news !== undefined) return { type: 'alarm-raised', at, ...news };
  const over = topics.find(
    (topic) => state.alarms.includes(topic) && !troubles.some((trouble) => trouble.topic === topic),
  );
  return over === undefined ? null : { type: 'alarm-cleared', at, topic: over };
}

/** Why nothing may go forward, or null. */
export function foundationHold(state: MigrationState): Alarm | null {
  return foundationTroubles(state)[0] ?? null;
}
