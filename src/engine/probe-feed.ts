import type { Certificate } from '../core/certificate.js';
import { endpoint, type HostPlan, type MigrationPlan } from '../core/plan.js';
import { sideProbes } from '../core/policy/policy.js';
import type { ProbeReport, SideName } from '../core/probe.js';
import type { Clock, ProbeAnswer, ProbeRequest, Prober } from './ports.js';

/** Where a tick gets the probes since the tick before. */
export interface ProbeFeed extends AsyncDisposable {
  collect(plan: MigrationPlan, signal: AbortSignal): Promise<readonly ProbeReport[]>;
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
    async collect(plan, signal) {
      const { probes } = plan.policy;
      const pauseMs = (side: SideName): number => Math.min(sideProbes(probes, side).everyMs, burstPauseMs);
      return probeAll(plan, prober, clock, { count: probes.failed.of, pauseMs }, signal);
    },
    async [Symbol.asyncDispose]() {
      // A burst leaves nothing running.
    },
  };
}

/** A number of probes of both sides of every host, evenly spaced, all sides at the same time. */
export async function probeAll(
  plan: MigrationPlan,
  prober: Prober,
  clock: Clock,
  pace: { count: number; pauseMs: (side: SideName) => number },
  signal: AbortSignal,
): Promise<readonly ProbeReport[]> {
  const pairs = plan.hosts.flatMap((host) => sides.map((side) => ({ host, side })));
  return Promise.all(
    pairs.map(async ({ host, side }) => {
      const running: Promise<readonly ProbeAnswer[]>[] = [];
      for (let sent = 0; sent < pace.count && !signal.aborted; sent += 1) {
        if (sent > 0) await clock.sleep(pace.pauseMs(side), signal);
        running.push(prober.probe(probeRequest(plan, host, side), signal));
      }
      return reportOf(host, side, (await Promise.all(running)).flat());
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
  }

  collect(plan: MigrationPlan): Promise<readonly ProbeReport[]> {
    let loop = this.loops.get(plan.id);
    if (loop === undefined) {
      loop = new ProbeLoop(plan, this.prober, this.clock, this.stop.signal);
      this.loops.set(plan.id, loop);
    }
    return Promise.resolve(loop.take());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await Promise.all([...this.loops.values()].map((loop) => loop.ended));
  }
}

class ProbeLoop {
  readonly ended: Promise<unknown>;
  private readonly reports: { host: HostPlan; side: SideName; answers: ProbeAnswer[] }[] = [];
  private readonly plan: MigrationPlan;
  private readonly prober: Prober;
  private readonly clock: Clock;

  constructor(plan: MigrationPlan, prober: Prober, clock: Clock, signal: AbortSignal) {
    this.plan = plan;
    this.prober = prober;
    this.clock = clock;
    this.ended = Promise.all(plan.hosts.flatMap((host) => sides.map((side) => this.run(host, side, signal))));
  }

  take(): readonly ProbeReport[] {
    return this.reports.map(({ host, side, answers }) => reportOf(host, side, answers.splice(0)));
  }

  /** Starts a probe at every slot of a fixed grid; one that is still under way does not delay the next. */
  private async run(host: HostPlan, side: SideName, signal: AbortSignal): Promise<void> {
    const { timeoutMs } = this.plan.policy.probes;
    const { everyMs } = sideProbes(this.plan.policy.probes, side);
    const maxInFlight = Math.ceil(timeoutMs / everyMs) + 1;
    const kept: ProbeAnswer[] = [];
    this.reports.push({ host, side, answers: kept });
    const inFlight = new Set<Promise<void>>();
    let slot = this.clock.monotonicMs() + (side === 'target' ? everyMs / 2 : 0);
    while (!signal.aborted) {
      await this.clock.sleep(Math.max(0, slot - this.clock.monotonicMs()), signal);
      if (inFlight.size < maxInFlight) {
        const running = this.prober.probe(probeRequest(this.plan, host, side), signal).then((answers) => {
          kept.push(...answers);
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
