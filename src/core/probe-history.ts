import type { Certificate } from './certificate.js';
import type { ProbeOutcome, ProbeReport, SideName } from './probe.js';
import type { RecordName } from './record-name.js';
import type { Instant } from './time.js';

/** The latest outcomes of one side of one host, oldest first, both address families together. */
export interface SideHistory {
  readonly host: RecordName;
  readonly side: SideName;
  readonly outcomes: readonly ProbeOutcome[];
  /** The certificate of the latest report that had one. */
  readonly certificate: Certificate | null;
}

export type ProbeHistory = readonly SideHistory[];

/** Enough for every `failed: n of m` a policy may ask for, twice, over both address families. */
const keptOutcomes = 240;

/** The history after one more tick's reports. */
export function recordOutcomes(history: ProbeHistory, reports: readonly ProbeReport[]): ProbeHistory {
  const next = [...history];
  for (const report of reports) {
    const index = next.findIndex((entry) => entry.host === report.host && entry.side === report.side);
    const before = next[index]?.outcomes ?? [];
    const outcomes = [...before, ...report.outcomes].slice(-keptOutcomes);
    const certificate = report.certificate ?? next[index]?.certificate ?? null;
    next[index < 0 ? next.length : index] = { host: report.host, side: report.side, outcomes, certificate };
  }
  return next;
}

/** The outcomes of one side that began at or after `since`. */
export function outcomesSince(
  history: ProbeHistory,
  host: RecordName,
  side: SideName,
  since: Instant,
): readonly ProbeOutcome[] {
  const entry = history.find((candidate) => candidate.host === host && candidate.side === side);
  return (entry?.outcomes ?? []).filter((outcome) => outcome.at >= since);
}
