import type { AddressFamily, ProbeOutcome, SideName } from '../probe.js';
import type { RecordName } from '../record-name.js';
import type { GateDecision, GateTopic } from './metrics/gate-decision.js';

/** What a side's latest probes say: `unknown` is never good. */
export type Health = 'passing' | 'failing' | 'unknown';

/** The probes of one side that a verdict rests on: those over the worse family where it is probed over both. */
export interface SideEvidence extends ProbeTally {
  readonly host: RecordName;
  readonly side: SideName;
  /** The family these numbers are of; null where the side is probed over one alone. */
  readonly family: AddressFamily | null;
  /** Each family by itself; empty where the side is probed over one alone. */
  readonly families: readonly FamilyEvidence[];
  /** The family of the side's that this machine has no route for, and that is not judged for that reason. */
  readonly leftOut: AddressFamily | null;
}

export interface FamilyEvidence extends ProbeTally {
  readonly family: AddressFamily;
}

export interface ProbeTally {
  readonly health: Health;
  readonly ok: number;
  readonly failed: number;
  /** Outcomes that say nothing about the side, and slots without an outcome. */
  readonly unknown: number;
  /** The latest failure, or null. */
  readonly lastFailure: ProbeOutcome | null;
}

/** Names a reason whatever its numbers are, so that the same reason is told once and not at every tick. */
export type Topic =
  | GateTopic
  | 'nothing-to-promote'
  | 'source-unmeasured'
  | 'target-not-quiet'
  | 'source-failing'
  | 'source-unknown'
  | 'target-failing'
  | 'target-unknown'
  | 'both-failing'
  | 'zone-unknown'
  | 'slow-propagation'
  /** Route 53 makes none of the forward writes. */
  | 'writes-refused'
  | 'calendar'
  | 'deadline'
  | 'approval-expired'
  /** The before-stage hook does not let the next stage begin. */
  | 'hook'
  | 'failover-not-ready'
  | 'rollback-incomplete'
  | 'rollback-path-broken'
  | 'target-broken'
  | 'app-renamed'
  | 'zone-gone'
  | 'wrong-account'
  | 'delegation-moved'
  | 'rollback-denied'
  | 'credentials-expiring'
  | 'credentials-expired'
  | 'source-moved'
  | 'source-scaled-down'
  | 'certificate-short'
  | 'source-in-use';

export interface Alarm {
  readonly topic: Topic;
  readonly because: string;
}

export interface HostGate {
  readonly host: RecordName;
  readonly decision: GateDecision;
}

/** What the evidence of one host allows, with the one reason that decided and everything it rests on. */
export interface Verdict {
  readonly verdict: 'rollback' | 'promote' | 'hold' | 'ask';
  readonly topic: Topic;
  readonly because: string;
  readonly evidence: readonly SideEvidence[];
  /** The metrics rule's decision for each host that has metrics and traffic at the target. */
  readonly gates: readonly HostGate[];
  /** Something a person must know now, whatever the verdict: for instance that the source fails too. */
  readonly alarm: Alarm | null;
}
