import { endpoint, type HostPlan, type MigrationPlan } from '../core/plan.js';
import type { ProbeOutcome, ProbeReport, SideName } from '../core/probe.js';
import type { Clock, ProbeRequest, Prober } from './ports.js';

/** Where a tick gets the probes since the tick before. */
export interface ProbeFeed extends AsyncDisposable {
  collect(plan: MigrationPlan, signal: AbortSignal): Promise<readonly ProbeReport[]>;
}

const sides: readonly SideName[] = ['source', 'target'];

/** The longest pause between two probes of a burst. */
const burstPauseMs = 200;

/** Outcomes kept per side between two ticks. */
const keptOutcomes = 240;

export function probeRequest(plan: MigrationPlan, host: HostPlan, side: SideName): ProbeRequest {
  const { port, path, timeoutMs, expect } = plan.policy.probes;
  return { host: host.host, endpoint: endpoint(host, side).dnsName, port, path, timeoutMs, expect };
}

/** For a single tick: enough probes of both sides for a verdict, sent now. */
export function burstFeed(prober: Prober, clock: Clock): ProbeFeed {
  return {
    async collect(plan, signal) {
      const { failed, everyMs } = plan.policy.probes;
      return probeAll(
        plan,
        prober,
        clock,
        { count: failed.of, pauseMs: Math.min(everyMs, burstPauseMs) },
        signal,
      );
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
  pace: { count: number; pauseMs: number },
  signal: AbortSignal,
): Promise<readonly ProbeReport[]> {
  const pairs = plan.hosts.flatMap((host) => sides.map((side) => ({ host, side })));
  return Promise.all(
    pairs.map(async ({ host, side }) => {
      const running: Promise<ProbeOutcome>[] = [];
      for (let sent = 0; sent < pace.count && !signal.aborted; sent += 1) {
        if (sent > 0) await clock.sleep(pace.pauseMs, signal);
        running.push(prober.probe(probeRequest(plan, host, side), signal));
      }
      return { host: host.host, side, outcomes: await Promise.all(running) };
    }),
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
  private readonly reports = new Map<string, { host: HostPlan; side: SideName; outcomes: ProbeOutcome[] }>();
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
    return [...this.reports.values()].map(({ host, side, outcomes }) => ({
      host: host.host,
      side,
      outcomes: outcomes.splice(0).sort((a, b) => a.at - b.at),
    }));
  }

  /** Starts a probe at every slot of a fixed grid; one that is still under way does not delay the next. */
  private async run(host: HostPlan, side: SideName, signal: AbortSignal): Promise<void> {
    const { everyMs, timeoutMs } = this.plan.policy.probes;
    const maxInFlight = Math.ceil(timeoutMs / everyMs) + 1;
    const report = { host, side, outcomes: [] as ProbeOutcome[] };
    this.reports.set(`${host.host} ${side}`, report);
    const inFlight = new Set<Promise<void>>();
    let slot = this.clock.monotonicMs() + (side === 'target' ? everyMs / 2 : 0);
    while (!signal.aborted) {
      await this.clock.sleep(Math.max(0, slot - this.clock.monotonicMs()), signal);
      if (inFlight.size < maxInFlight) {
        const running = this.prober.probe(probeRequest(this.plan, host, side), signal).then((outcome) => {
          report.outcomes.push(outcome);
          if (report.outcomes.length > keptOutcomes) report.outcomes.shift();
          inFlight.delete(running);
        });
        inFlight.add(running);
      }
      slot = Math.max(slot + everyMs, this.clock.monotonicMs());
    }
    await Promise.all(inFlight);
  }
}
