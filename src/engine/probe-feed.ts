import { setMaxListeners } from 'node:events';
import type { Certificate } from '../core/certificate.js';
import { endpoint, type HostPlan, type MigrationPlan } from '../core/plan.js';
import type { SourceMove, SourceMoveReport } from '../core/platform/source-move.js';
import { sideProbes } from '../core/policy/policy.js';
import type { ProbeReport, SideName } from '../core/probe.js';
import type { RecordName } from '../core/record-name.js';
import { assert } from '../core/result.js';
import type { Clock, ProbeAnswer, ProbeRequest, Prober } from './ports.js';

/** Where a tick gets the probes since the tick before. */
export interface ProbeFeed extends AsyncDisposable {
  collect(plan: MigrationPlan, signal: AbortSignal): Promise<readonly ProbeReport[]>;
  /** As many probes of each name that a source may have moved to as a verdict takes, sent now; nothing without one. */
  collectMoves(
    plan: MigrationPlan,
    moves: readonly SourceMove[],
    signal: AbortSignal,
  ): Promise<readonly SourceMoveReport[]>;
}

const sides: readonly SideName[] = ['source', 'target'];

/** The longest pause between two probes of a burst. */
const burstPauseMs = 200;

/** Answers kept per side between two ticks, both address families together. */
const keptAnswers = 480;

export function probeRequest(plan: MigrationPlan, host: HostPlan, side: SideName): ProbeRequest {
  const { probes } = plan.policy;
  const { port, timeoutMs, families } = probes;
  const { path, expect } = sideProbes(probes, side);
  const { dnsName } = endpoint(host, side);
  return { host: host.host, endpoint: dnsName, port, path, timeoutMs, expect, families };
}

/** For a single tick: enough probes of both sides for a verdict, sent now. */
export function burstFeed(prober: Prober, clock: Clock): ProbeFeed {
  return {
    collect: (plan, signal) => probeAll(plan, prober, clock, burstOf(plan), signal),
    collectMoves: (plan, moves, signal) => probeMoves(plan, moves, prober, clock, signal),
    async [Symbol.asyncDispose]() {
      // A burst leaves nothing running.
    },
  };
}

/** How many probes are sent one after the other, and how far apart. */
interface Pace {
  readonly count: number;
  readonly pauseMs: (side: SideName) => number;
}

/** Enough for a verdict on each side by itself. */
function burstOf({ policy: { probes } }: MigrationPlan): Pace {
  return {
    count: probes.failed.of,
    pauseMs: (side) => Math.min(sideProbes(probes, side).everyMs, burstPauseMs),
  };
}

/** A number of probes of both sides of every host, evenly spaced, all sides at the same time. */
export async function probeAll(
  plan: MigrationPlan,
  prober: Prober,
  clock: Clock,
  pace: Pace,
  signal: AbortSignal,
): Promise<readonly ProbeReport[]> {
  const pairs = plan.hosts.flatMap((host) => sides.map((side) => ({ host, side })));
  return Promise.all(
    pairs.map(async ({ host, side }) => {
      const ask = (): Promise<readonly ProbeAnswer[]> => prober.probe(probeRequest(plan, host, side), signal);
      return reportOf(host, side, await burst(ask, clock, pace.count, pace.pauseMs(side), signal));
    }),
  );
}

/** The same request a number of times; one that is still under way does not delay the next. */
async function burst(
  ask: () => Promise<readonly ProbeAnswer[]>,
  clock: Clock,
  count: number,
  pauseMs: number,
  signal: AbortSignal,
): Promise<readonly ProbeAnswer[]> {
  const running: Promise<readonly ProbeAnswer[]>[] = [];
  for (let sent = 0; sent < count && !signal.aborted; sent += 1) {
    if (sent > 0) await clock.sleep(pauseMs, signal);
    running.push(ask());
  }
  return (await Promise.all(running)).flat();
}

/** Each source under the name that it may have moved to, asked as it is asked under its own. */
async function probeMoves(
  plan: MigrationPlan,
  moves: readonly SourceMove[],
  prober: Prober,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly SourceMoveReport[]> {
  const { count, pauseMs } = burstOf(plan);
  const asked = plan.hosts.flatMap((host) => {
    const to = moves.find((move) => move.host === host.host)?.to;
    return to === undefined ? [] : [{ host, to }];
  });
  return Promise.all(
    asked.map(async ({ host, to }): Promise<SourceMoveReport> => {
      const moved = { ...host, source: { ...host.source, dnsName: to } };
      const ask = (): Promise<readonly ProbeAnswer[]> =>
        prober.probe(probeRequest(plan, moved, 'source'), signal);
      const answers = await burst(ask, clock, count, pauseMs('source'), signal);
      return { ...reportOf(host, 'source', answers), dnsName: to };
    }),
  );
}

function reportOf(host: HostPlan, side: SideName, answers: readonly ProbeAnswer[]): ProbeReport {
  const certificate = firstToEnd(answers);
  return {
    host: host.host,
    side,
    outcomes: answers.map(({ outcome }) => outcome).sort((a, b) => a.at - b.at),
    ...(certificate !== null && { certificate }),
  };
}

function firstToEnd(answers: readonly ProbeAnswer[]): Certificate | null {
  const seen = answers.flatMap(({ certificate }) => certificate ?? []);
  return seen.reduce<Certificate | null>(
    (first, certificate) => (first === null || certificate.endsAt < first.endsAt ? certificate : first),
    null,
  );
}

/** For a process that stays: probes every side at the policy's pace in the background and hands out what came in since. */
export class BackgroundFeed implements ProbeFeed {
  private readonly loops = new Map<string, ProbeLoop>();
  private readonly stop = new AbortController();
  private readonly prober: Prober;
  private readonly clock: Clock;

  constructor(prober: Prober, clock: Clock) {
    this.prober = prober;
    this.clock = clock;
    // Every probe under way listens to it, more than Node takes for a leak where several hosts move.
    setMaxListeners(0, this.stop.signal);
  }

  collect(plan: MigrationPlan): Promise<readonly ProbeReport[]> {
    let loop = this.loops.get(plan.id);
    if (loop === undefined) {
      loop = new ProbeLoop(plan, this.prober, this.clock, this.stop.signal);
      this.loops.set(plan.id, loop);
    }
    return Promise.resolve(loop.take(plan));
  }

  collectMoves(
    plan: MigrationPlan,
    moves: readonly SourceMove[],
    signal: AbortSignal,
  ): Promise<readonly SourceMoveReport[]> {
    return probeMoves(plan, moves, this.prober, this.clock, AbortSignal.any([signal, this.stop.signal]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await Promise.all([...this.loops.values()].map((loop) => loop.ended));
  }
}

/** An answer, and which name it was asked of. */
interface KeptAnswer {
  readonly from: string;
  readonly answer: ProbeAnswer;
}

class ProbeLoop {
  readonly ended: Promise<unknown>;
  private readonly reports: { host: RecordName; side: SideName; answers: KeptAnswer[] }[] = [];
  private plan: MigrationPlan;
  private readonly prober: Prober;
  private readonly clock: Clock;

  constructor(plan: MigrationPlan, prober: Prober, clock: Clock, signal: AbortSignal) {
    this.plan = plan;
    this.prober = prober;
    this.clock = clock;
    this.ended = Promise.all(
      plan.hosts.flatMap(({ host }) => sides.map((side) => this.run(host, side, signal))),
    );
  }

  /** What came in since, from where the plan has each side by now: a source that has moved is not as good or bad as it was before. */
  take(plan: MigrationPlan): readonly ProbeReport[] {
    this.plan = plan;
    return this.reports.map(({ host, side, answers }) => {
      const { dnsName } = endpoint(this.hostOf(host), side);
      const told = answers.splice(0).filter((kept) => kept.from === dnsName);
      return reportOf(
        this.hostOf(host),
        side,
        told.map(({ answer }) => answer),
      );
    });
  }

  private hostOf(name: RecordName): HostPlan {
    const host = this.plan.hosts.find((candidate) => candidate.host === name);
    assert(host !== undefined, 'the hosts of a plan stay');
    return host;
  }

  /** Starts a probe at every slot of a fixed grid; one that is still under way does not delay the next. */
  private async run(host: RecordName, side: SideName, signal: AbortSignal): Promise<void> {
    const { timeoutMs } = this.plan.policy.probes;
    const { everyMs } = sideProbes(this.plan.policy.probes, side);
    const maxInFlight = Math.ceil(timeoutMs / everyMs) + 1;
    const kept: KeptAnswer[] = [];
    this.reports.push({ host, side, answers: kept });
    const inFlight = new Set<Promise<void>>();
    let slot = this.clock.monotonicMs() + (side === 'target' ? everyMs / 2 : 0);
    while (!signal.aborted) {
      await this.clock.sleep(Math.max(0, slot - this.clock.monotonicMs()), signal);
      if (inFlight.size < maxInFlight) {
        const request = probeRequest(this.plan, this.hostOf(host), side);
        const running = this.prober.probe(request, signal).then((answers) => {
          kept.push(...answers.map((answer) => ({ from: request.endpoint, answer })));
          kept.splice(0, Math.max(0, kept.length - keptAnswers));
          inFlight.delete(running);
        });
        inFlight.add(running);
      }
      slot = Math.max(slot + everyMs, this.clock.monotonicMs());
    }
    await Promise.all(inFlight);
  }
}
