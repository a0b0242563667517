import type { Event } from '../event.js';
import { sideEvidence } from '../gate/side-health.js';
import { tally } from '../gate/source-fitness.js';
import type { SideEvidence } from '../gate/verdict.js';
import type { MigrationState } from '../migration-state.js';
import type { Observation } from '../observation.js';
import type { Phase } from '../phase.js';
import type { HostPlan } from '../plan.js';
import { recordOutcomes } from '../probe-history.js';
import { displayName, type RecordName } from '../record-name.js';
import { instant, type Instant } from '../time.js';
import { isSameApp, newTarget } from './new-target.js';
import { platformOf, type PlatformMemory } from './platform-memory.js';
import type { SourceMove, SourceMoveReport } from './source-move.js';

/** Where the records stand as our last write left them, or a write of ours is on its way. */
const mayMove: readonly Phase['phase'][] = [
  'settling',
  'shifting',
  'observing',
  'waiting',
  'finalizing',
  'halted',
];

/**
 * The new names that are worth a probe: what Heroku says, in its latest look, of the very app that was seen first, which serves the host
 * there and is not in maintenance, while the source fails its probes under the planned name. While that still answers nothing is refreshed.
 */
export function sourceMoves(state: MigrationState, now: Instant): readonly SourceMove[] {
  if (!mayMove.includes(state.phase.phase)) return [];
  return state.plan.hosts.flatMap((host) => {
    const memory = platformOf(state.platforms, host.host, 'source');
    const to = newTarget(host, memory);
    if (memory === null || to === null || to === host.target.dnsName || !isReady(memory)) return [];
    const isGone = sourceHealth(state, host, now).health === 'failing';
    return isGone ? [{ host: host.host, from: host.source.dnsName, to }] : [];
  });
}

function isReady(memory: PlatformMemory): boolean {
  if (memory.heroku?.status !== 'seen' || memory.unseen !== null || !isSameApp(memory)) return false;
  const { domain, maintenance } = memory.heroku.facts;
  return domain !== null && domain.sniEndpoint !== null && !maintenance;
}

/** The sources that a rollback goes to under their new names from now on, or null: each has to pass every one of its latest probes there. */
export function sourceMovedEvent(state: MigrationState, seen: Observation): Event | null {
  const moved: SourceMove[] = [];
  const because: string[] = [];
  for (const source of sourceMoves(state, seen.at)) {
    const host = state.plan.hosts.find((candidate) => candidate.host === source.host);
    const report = reportOf(seen, source);
    if (host === undefined || report === null) continue;
    const there = newHealth(state, report, seen.at);
    if (there.health !== 'passing' || there.failed > 0) continue;
    moved.push(source);
    because.push(sentence(source, sourceHealth(state, host, seen.at), there));
  }
  if (moved.length === 0) return null;
  return { type: 'source-moved', at: seen.at, sources: moved, because: because.join('; ') };
}

function sentence({ host, from, to }: SourceMove, here: SideEvidence, there: SideEvidence): string {
  const [name, old, now] = [host, from, to].map(displayName);
  return `${name}: its Heroku app has the DNS target ${now} by now, which passes the source's probes (${tally(there)}), and ${old} does not (${tally(here)}); a rollback goes to ${now}, and until then the records still send users to ${old}: shiftctl rollback ${name}`;
}

function reportOf(
  { sourceMoves: reports = [] }: Observation,
  { host, to }: SourceMove,
): SourceMoveReport | null {
  return reports.find((report) => report.host === host && report.dnsName === to) ?? null;
}

function sourceHealth({ probes, plan }: MigrationState, { host }: HostPlan, now: Instant): SideEvidence {
  return sideEvidence(probes, plan.policy, { host, side: 'source', since: instant(0), now });
}

/** By the rule of the gate, on these probes alone. */
function newHealth({ plan }: MigrationState, report: SourceMoveReport, now: Instant): SideEvidence {
  const about = { host: report.host, side: 'source', since: instant(0), now } as const;
  return sideEvidence(recordOutcomes([], [{ ...report, side: 'source' }]), plan.policy, about);
}

/** Why these sources cannot have moved now; null when they can. */
export function objectionToMove(state: MigrationState, sources: readonly SourceMove[]): string | null {
  if (!mayMove.includes(state.phase.phase)) return `only in ${mayMove.join(', ')}`;
  const isPlanned = ({ host, from, to }: SourceMove): boolean =>
    from !== to &&
    state.plan.hosts.some(
      ({ host: name, source }) => name === host && source.platform === 'heroku' && source.dnsName === from,
    );
  return sources.every(isPlanned) ? null : 'that is no source of this plan';
}

/**
 * The plan with the new names, from which every write, probe and line follows. What is known of the source is from now on what was found
 * there: its probes, and what Heroku says.
 */
export function afterSourceMoved(state: MigrationState, sources: readonly SourceMove[]): MigrationState {
  const movedOf = (host: RecordName): SourceMove | undefined => sources.find((moved) => moved.host === host);
  const hosts = state.plan.hosts.map((host) => {
    const moved = movedOf(host.host);
    return moved === undefined ? host : movedHost(host, moved);
  });
  const probes = state.probes.filter(({ host, side }) => side !== 'source' || movedOf(host) === undefined);
  const reports = sources.flatMap((moved) => (state.latest && reportOf(state.latest, moved)) ?? []);
  const platforms = state.platforms.map((memory): PlatformMemory => {
    const moved = memory.side === 'source' ? movedOf(memory.host) : undefined;
    return moved === undefined ? memory : { ...memory, name: 'exists', targetAtFirst: moved.to };
  });
  const alarms = state.alarms.filter((topic) => topic !== 'source-moved');
  return {
    ...state,
    plan: { ...state.plan, hosts },
    probes: recordOutcomes(probes, reports),
    platforms,
    alarms: [...alarms, 'source-moved'],
  };
}

function movedHost(host: HostPlan, { from, to }: SourceMove): HostPlan {
  const former = [...(host.formerSources ?? []), from].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  return {
    ...host,
    source: { ...host.source, dnsName: to },
    formerSources: former.filter((name) => name !== to),
  };
}
