import type { Event } from './event.js';
import type { MigrationState } from './migration-state.js';
import type { PlanFile, PlanFileReading } from './plan-file.js';
import type { MigrationPlan } from './plan.js';
import { displayName } from './record-name.js';
import { unreachable } from './result.js';
import { shellWord } from './shell-words.js';
import type { Instant } from './time.js';

/** What is known of one file, and what to type to use it. */
export interface PlanFileStatus extends PlanFile, Pick<PlanFileReading, 'is' | 'trouble'> {
  /** One sentence. */
  readonly because: string;
  /** Null where there is nothing to use. */
  readonly command: string | null;
}

/** Whether this reading says something that the journal does not say yet. */
export function isPlanFileNews(state: MigrationState, reading: PlanFileReading): boolean {
  if (!filesOf(state.plan).some(({ path }) => path === reading.path)) return false;
  const known = state.planFiles.find(({ path }) => path === reading.path);
  const is = known?.is ?? 'as-planned';
  return is !== reading.is || (known?.sha256 ?? null) !== (is === 'as-planned' ? null : reading.sha256);
}

/** The next change of a file that the journal does not know of, or null. It keeps nothing from going on. */
export function planFileEvent(state: MigrationState, at: Instant): Event | null {
  const reading = state.latest?.planFiles?.find((one) => isPlanFileNews(state, one));
  if (reading === undefined) return null;
  return { type: 'plan-file-changed', at, reading, because: describePlanFile(state.plan, reading) };
}

/** The files after one more of them has changed; one that is as planned again is as good as never changed. */
export function planFilesAfter(
  known: readonly PlanFileReading[],
  reading: PlanFileReading,
): readonly PlanFileReading[] {
  const others = known.filter(({ path }) => path !== reading.path);
  return reading.is === 'as-planned' ? others : [...others, reading];
}

/** Every file of the plan as it was seen last. */
export function planFileStatus({ plan, planFiles }: MigrationState): readonly PlanFileStatus[] {
  return filesOf(plan).map((file) => {
    const seen = planFiles.find(({ path }) => path === file.path);
    const reading = seen ?? { path: file.path, is: 'as-planned' as const, sha256: null, trouble: null };
    return {
      ...file,
      is: reading.is,
      trouble: reading.trouble,
      because: describePlanFile(plan, reading),
      command: commandFor(plan, file, reading.is),
    };
  });
}

/** The files under another policy: the one that it came from takes the place of the former policy's. */
export function filesAfterReplan(plan: MigrationPlan, policyFile: PlanFile | undefined): readonly PlanFile[] {
  const others = filesOf(plan).filter(({ kind }) => kind !== 'policy');
  return policyFile === undefined ? others : [...others, policyFile];
}

/** Journals of before there were any have none. */
export function filesOf({ files }: Pick<MigrationPlan, 'files'>): readonly PlanFile[] {
  return files ?? [];
}

function describePlanFile(plan: MigrationPlan, { path, is, trouble }: PlanFileReading): string {
  const file = filesOf(plan).find((candidate) => candidate.path === path);
  const name = `the ${file?.kind ?? 'policy'} file ${path}`;
  const frozen = 'the migration goes on by its own copy';
  const command = file === undefined ? null : commandFor(plan, file, is);
  const use =
    file?.kind === 'migration'
      ? 'hosts and sides of a running migration cannot change, its policy can'
      : 'to use it';
  const line = command === null ? '' : `; ${use}: ${command}`;
  switch (is) {
    case 'as-planned':
      return `${name} says what the migration runs by`;
    case 'edited':
      return `${name} differs from what the migration runs by; ${frozen}${line}`;
    case 'invalid':
      return `${name} was changed and is not valid (${trouble ?? 'unknown'}); ${frozen}`;
    case 'missing':
      return `${name} is not there any more; ${frozen}`;
    case 'unreadable':
      return `${name} cannot be read (${trouble ?? 'unknown'}), so nobody knows whether it differs; ${frozen}`;
    default:
      return unreachable(is);
  }
}

function commandFor(plan: MigrationPlan, { kind, path }: PlanFile, is: PlanFileReading['is']): string | null {
  if (is !== 'edited') return null;
  const host = displayName(plan.hosts[0]?.host ?? plan.id);
  return `shiftctl replan ${host} --policy ${kind === 'policy' ? shellWord(path) : '<policy file>'}`;
}
