import type { Alarm } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import type { HostPlan } from '../plan.js';
import { displayName } from '../record-name.js';
import type { RecordSet } from '../record-set.js';
import { bareAliasName } from '../standing-records.js';
import { newTarget } from './new-target.js';
import { platformOf } from './platform-memory.js';
import type { SourceMove } from './source-move.js';

/** The name that our last write left in the records of a host although its source has moved on from it; null where there is none. */
function leftBehind({ image }: MigrationState, { host, formerSources = [] }: HostPlan): string | null {
  const records = image.find((one) => one.host === host)?.records ?? [];
  return formerSources.find((name) => records.some((record) => namesIt(record, name))) ?? null;
}

function namesIt({ values }: RecordSet, name: string): boolean {
  return values.some((value) => bareAliasName(value) === name);
}

/** The hosts whose records still name what their source has left: that name, and the one it has now. */
export function movesLeftBehind(state: MigrationState): readonly SourceMove[] {
  return state.plan.hosts.flatMap((host) => {
    const from = leftBehind(state, host);
    return from === null ? [] : [{ host: host.host, from, to: host.source.dnsName }];
  });
}

/** What holds every step of a host until its records name the source where it is now; null when they do. */
export function leftBehindAlarm(state: MigrationState, host: HostPlan): Alarm | null {
  const old = leftBehind(state, host);
  if (old === null) return null;
  const [name, now] = [displayName(host.host), displayName(host.source.dnsName)];
  const because = `${name}: the records still name ${displayName(old)} for the source, which answered under ${now} alone; everything goes there with: shiftctl rollback ${name}`;
  return { topic: 'source-moved', because };
}

/**
 * What somebody must hear whose rollback was accepted, a line for each host that went back to a name in whose place Heroku has another: it
 * may be no answer that users get there.
 */
export function wentToOldTarget(state: MigrationState): readonly string[] {
  return state.plan.hosts.flatMap((host) => {
    const target = newTarget(host, platformOf(state.platforms, host.host, 'source'));
    const records = state.image.find((one) => one.host === host.host)?.records ?? [];
    if (target === null || !records.some((record) => namesIt(record, host.source.dnsName))) return [];
    const [name, old] = [displayName(host.host), displayName(host.source.dnsName)];
    return [
      `${name} went back to ${old}, and Heroku has another DNS target for it by now; if ${old} does not answer: ${lineTo(state, host, target)}`,
    ];
  });
}

/** The line that takes one host to a name that the plan does not have. */
export function lineTo({ plan }: Pick<MigrationState, 'plan'>, { host }: HostPlan, target: string): string {
  const only = plan.hosts.length > 1 ? ' --only' : '';
  return `shiftctl rollback ${displayName(host)} --no-state --to ${displayName(target)}${only}`;
}

/**
 * The line that needs no journal, for a page. The zone alone tells what a source has left, so it has to be told the new name; null for a
 * group of which that is true, because no one line is right for all of its hosts.
 */
export function lineFromAnywhere(state: MigrationState): string | null {
  const [first, ...others] = state.plan.hosts;
  const [move] = movesLeftBehind(state);
  if (first === undefined || move === undefined)
    return `shiftctl rollback ${displayName(first?.host ?? '')} --no-state`;
  return others.length > 0 ? null : lineTo(state, first, move.to);
}
