import type { Calendar, DaySpan } from '../calendar.js';
import type { AddressFamily, SideName } from '../probe.js';
import type { Millis } from '../time.js';
import type { HooksPolicy, NotifyPolicy } from './notify-policy.js';

/** How a migration moves: the stages, how long each is watched, how it is judged. All times in milliseconds unless the name says otherwise. */
export interface Policy {
  readonly name: string;
  readonly stages: readonly Stage[];
  /** TTL of every record while the migration runs and after a rollback. */
  readonly ttlSeconds: number;
  /** TTL of the record that stands after finalize: null keeps the original record's. */
  readonly finalTtlSeconds: number | null;
  /** The form of the record that stands after finalize; absent for a plain CNAME. */
  readonly finalAs?: 'alias';
  /** Extra settling time for resolvers that answer late. */
  readonly tailMs: Millis;
  /** Dwell of the last stage. */
  readonly bakeMs: Millis;
  readonly tickEveryMs: Millis;
  /** A pause between ticks above this is a gap: dwell and promotion evidence start again. */
  readonly gapAfterMs: Millis;
  readonly bucketMs: Millis;
  /** How late a metric bucket may still change; metric sources read only buckets older than this. */
  readonly settleDelayMs: Millis;
  readonly probes: ProbePolicy;
  readonly gate: GatePolicy;
  /** When stages may be entered and left; absent when at any time. */
  readonly calendar?: Calendar;
  /** How long a person's word can be used; absent for the default. */
  readonly approveWithinMs?: Millis;
  /** Absent when Route 53 does not move traffic by itself. */
  readonly failover?: FailoverPolicy;
  /** Absent when nobody is told. */
  readonly notify?: NotifyPolicy;
  /** Webhooks that take part; absent when there are none. */
  readonly hooks?: HooksPolicy;
  /** Allows times below the production floors and, in exchange, refuses every endpoint that is not loopback. */
  /** What the end waits for besides the last dwell: a source below so many requests a minute for so long. */
  readonly finalizeWhen?: { readonly sourceBelow: number; readonly forMs: Millis };
  readonly lab: boolean;
}

export interface Stage {
  /** The target's percentage, 1 to 100; that of the last stage is 100 less what is held back at the source. */
  readonly share: number;
  readonly dwellMs: Millis;
  /** Local hours of the calendar's zone that must be observed whole once as well; absent when there are none. */
  readonly dwellOver?: DaySpan;
  /** Present where a person must approve the stage before it is entered. */
  readonly needsApproval?: true;
}

export interface ProbePolicy extends SideProbes {
  readonly port: number;
  readonly timeoutMs: Millis;
  /** A side is failing when at least `count` of its last `of` probes failed, over one address family where it has both. */
  readonly failed: { readonly count: number; readonly of: number };
  readonly families: FamilyChoice;
  /** The whole of what differs for one side, the common values filled in; absent when nothing does. Read with `sideProbes`. */
  readonly source?: SideProbes;
  readonly target?: SideProbes;
  /** Probes sent to each side before anything is written; none may fail. */
  readonly preflight: { readonly count: number; readonly everyMs: Millis };
}

/** `auto`: over each family that a side's DNS target has an address of. */
export type FamilyChoice = 'auto' | AddressFamily;

/** What may be different for the two sides. */
export interface SideProbes {
  readonly path: string;
  readonly everyMs: Millis;
  readonly expect: ProbeExpectation;
}

/** How one side is probed. */
export function sideProbes(probes: ProbePolicy, side: SideName): SideProbes {
  return probes[side] ?? probes;
}

export interface ProbeExpectation {
  /** Accepted statuses; a redirect counts only when named here. */
  readonly status: readonly number[];
  /** Text the body must contain, or null. */
  readonly body: string | null;
  /** Values the JSON body must have, by JSON pointer (RFC 6901), or null. */
  readonly json: Readonly<Record<string, string | number | boolean | null>> | null;
  /** By name in lower case: text the value must contain, or null when the header must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The Content-Encoding that is asked for and must come; without it an answer as it is is asked for and anything may come. */
  readonly compression?: 'gzip' | 'br' | 'none';
}

export interface GatePolicy {
  /** `metrics`: a host without metrics is refused at planning. `probes`: probes alone judge, and nothing counts users' requests. */
  readonly evidence: 'metrics' | 'probes';
  /** The chance, over a whole healthy migration, of rolling it back. */
  readonly alpha: number;
  /** How many times the source's error rate the target may have. */
  readonly tolerance: number;
  /** An error rate that is never held against anyone. */
  readonly minErrorRate: number;
  /** The share of all requests that the next stage may expose to failure, with 95 % confidence. */
  readonly budget: number;
  /** Response times are compared by their 99th percentile, by the requests slower than a limit, or not at all. */
  readonly latency: 'off' | 'p99' | { readonly slowerThanMs: Millis };
  /** Time over the dwell after which the gate asks a person. */
  readonly maxHoldMs: Millis;
  /** How long the target's metrics may be silent while requests are due there. */
  readonly blindAfterMs: Millis;
  readonly onAsk: 'hold' | 'rollback';
}

/** The health checks with which Route 53 itself gives everything to the source while the target is down. */
export interface FailoverPolicy {
  /** Fixed for the life of a health check (Route 53 API reference, HealthCheckConfig). */
  readonly intervalSeconds: 10 | 30;
  /** Answers in a row that change the mind of a checker, 1 to 10. */
  readonly threshold: number;
  /** How long the checkers must have found the target healthy before its check is attached. */
  readonly healthyForMs: Millis;
  /** The name that is asked instead of the target's own; null for the target's own. */
  readonly askAt: string | null;
}
