import type { HostPlan } from '../plan.js';
import { recordName } from '../record-name.js';
import { bareAliasName } from '../standing-records.js';
import type { PlatformMemory } from './platform-memory.js';

/**
 * The DNS target that Heroku has for a host's source by now, where it is another than what the plan goes back to, with the final dot;
 * null where it is none or the same. It may be that of another app under the planned name, and it need not answer yet.
 */
export function newTarget({ source }: HostPlan, memory: PlatformMemory | null): string | null {
  if (source.platform !== 'heroku' || memory?.heroku?.status !== 'seen') return null;
  const cname = memory.heroku.facts.domain?.cname ?? null;
  if (cname === null || isKnownTarget(source.dnsName, memory.targetAtFirst, cname)) return null;
  const name = recordName(cname);
  return name.ok ? name.value : null;
}

/** A source that was confirmed under another name than Heroku's own target never equals it; only a change counts. */
export function isKnownTarget(planned: string, targetAtFirst: string | null, cname: string): boolean {
  const known = [planned, ...(targetAtFirst === null ? [] : [targetAtFirst])].map(bareAliasName);
  return known.includes(bareAliasName(cname));
}

/** Whether what is seen is the very app that was seen first: its name can be given to another, its id cannot. */
export function isSameApp({ heroku, idAtFirst }: PlatformMemory): boolean {
  return heroku?.status === 'seen' && heroku.facts.id === idAtFirst;
}
