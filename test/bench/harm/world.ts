import type { Counts } from '../../../src/core/gate/metrics/bucket.js';
import type { Cell } from './cells.js';
import { Random } from './random.js';

const secondsPerMinute = 60;
const probesPerMinute = 30;
/** Lookups come through few resolvers, so that the split of a minute is as uneven as if so many clients drew lots. */
const resolvers = 200;
const resolverCorrelation = 0.8;
/** A bucket can be read this many minutes after its end, with these chances. */
const delays = [
  { minutes: 1, chance: 0.5 },
  { minutes: 2, chance: 0.35 },
  { minutes: 3, chance: 0.15 },
];
/** A shared spike or an outage of metrics begins before this minute. */
const ramp = 60;

/** One side, minute by minute. What is not visible yet must not be looked at: use `visible`. */
export class SideLog {
  readonly n: number[] = [];
  readonly e: number[] = [];
  readonly #probeErrors: number[] = [];
  readonly #visibleAt: number[] = [];

  add(counts: Counts, visibleAt: number, probeErrors: number): void {
    this.n.push(counts.n);
    this.e.push(counts.e);
    this.#visibleAt.push(visibleAt);
    this.#probeErrors.push(probeErrors);
  }

  /** Whether the metrics of bucket `b` can be read at `minute`. A bucket without a request is never reported. */
  visible(b: number, minute: number): boolean {
    return (this.#visibleAt[b] ?? Infinity) <= minute;
  }

  /** The probes of minute `b`; they are known at its end. */
  probesAt(b: number): Counts {
    return { n: probesPerMinute, e: this.#probeErrors[b] ?? 0 };
  }
}

/** What the simulated weather of one minute is; the same for every rule. */
interface Weather {
  /** Of all requests, relative to the usual. */
  readonly traffic: number;
  readonly source: SideWeather;
  readonly target: SideWeather;
  readonly splitNoise: number;
  readonly isOutage: boolean;
  readonly random: Random;
}

interface SideWeather {
  /** Of the base rate. */
  readonly rate: number;
  /** Failures besides, at this rate: a blip or a shared spike. */
  readonly extra: number;
}

/** A service that is being moved: requests, failures, probes, and when each becomes known. Seeded; minute 0 is the first weight change. */
export class World {
  readonly target: SideLog = new SideLog();
  readonly source: SideLog = new SideLog();
  readonly #cell: Cell;
  readonly #seed: number;
  readonly #run: number;
  readonly #start: Start;
  readonly #ar: { source: number; target: number; split: number };
  #blip: { side: 'source' | 'target'; until: number; rate: number } = { side: 'source', until: -1, rate: 0 };

  constructor(cell: Cell, seed: number, run: number, minutes: number = ramp) {
    this.#cell = cell;
    this.#seed = seed;
    this.#run = run;
    const random = new Random(seed, run, -1);
    this.#start = {
      phase: random.uniform(),
      outageAt: random.between(0, minutes - cell.noise.outageMinutes),
      spikeAt: random.between(0, minutes),
      spikeMinutes: random.between(3, 15),
      spikeRate: random.between(0.05, 0.5),
      spikeRatio: random.logBetween(1 / 1.25, 1.25),
    };
    this.#ar = { source: random.normal(), target: random.normal(), split: random.normal() };
  }

  /** Minutes simulated so far. */
  get minute(): number {
    return this.target.n.length;
  }

  /** Plays the next minute, in which `share` of the requests goes to the target. */
  play(share: number, isFaulty: boolean): void {
    const b = this.minute;
    const weather = this.#weather(b);
    const spread = Math.sqrt((share * (1 - share)) / resolvers);
    const split = Math.min(1, Math.max(0, share + spread * weather.splitNoise));
    const requests = this.#cell.rps * secondsPerMinute * weather.traffic;
    const fault = isFaulty ? this.#cell.fault : null;
    this.#playSide(this.source, b, requests * (1 - split), weather, weather.source, 1, 0, 0);
    const ratio = this.#cell.noise.platformRatio * (fault?.ratio ?? 1);
    const excess = fault?.excess ?? 0;
    const probed = (fault?.excess ?? 0) * this.#cell.probesSee;
    this.#playSide(this.target, b, requests * split, weather, weather.target, ratio, excess, probed);
  }

  #playSide(
    log: SideLog,
    b: number,
    expected: number,
    { random, isOutage }: Weather,
    side: SideWeather,
    ratio: number,
    excess: number,
    probedExcess: number,
  ): void {
    const { baseRate, noise, isBlackHole } = this.#cell;
    const n = random.poisson(expected);
    const rate = Math.min(1, baseRate * side.rate * ratio);
    const failures =
      random.clustered(n * rate, noise.clusterMean) +
      random.binomial(n, side.extra) +
      random.binomial(n, excess);
    const isLost = isOutage || random.uniform() < noise.missing || (isBlackHole && log === this.target);
    const visibleAt = n === 0 || isLost ? Infinity : b + 1 + delayOf(random.uniform());
    const probeRate = 1 - (1 - rate) * (1 - side.extra) * (1 - probedExcess);
    log.add({ n, e: Math.min(n, failures) }, visibleAt, random.binomial(probesPerMinute, probeRate));
  }

  #weather(b: number): Weather {
    const { noise } = this.#cell;
    const random = new Random(this.#seed, this.#run, b);
    const ar = this.#ar;
    const lag = Math.sqrt(1 - noise.correlation ** 2);
    ar.source = noise.correlation * ar.source + lag * random.normal();
    ar.target = noise.correlation * ar.target + lag * random.normal();
    ar.split = resolverCorrelation * ar.split + Math.sqrt(1 - resolverCorrelation ** 2) * random.normal();
    const { phase, outageAt, spikeAt, spikeMinutes, spikeRate, spikeRatio } = this.#start;
    const isSpike = this.#cell.hasSharedSpike && b >= spikeAt && b < spikeAt + spikeMinutes;
    const sun = this.#sun(b, phase);
    const blip = this.#blips(b, random);
    const source = blip.source + (isSpike ? spikeRate : 0);
    const target = blip.target + (isSpike ? spikeRate * spikeRatio : 0);
    return {
      traffic: sun,
      source: { rate: sun * this.#level(ar.source), extra: source },
      target: { rate: sun * this.#level(ar.target), extra: target },
      splitNoise: ar.split,
      isOutage: b >= outageAt && b < outageAt + noise.outageMinutes,
      random,
    };
  }

  #sun(b: number, phase: number): number {
    return 1 + this.#cell.noise.diurnal * Math.sin(2 * Math.PI * (b / 1440 + phase));
  }

  /** Log-normal with mean 1. */
  #level(z: number): number {
    const { deviation } = this.#cell.noise;
    return deviation === 0 ? 1 : Math.exp(deviation * z - (deviation * deviation) / 2);
  }

  /** Now and then one side alone fails for a moment, for reasons of its own. Short ones and small ones are the more common. */
  #blips(b: number, random: Random): { source: number; target: number } {
    const { blipEveryMinutes } = this.#cell.noise;
    if (blipEveryMinutes === null) return { source: 0, target: 0 };
    if (random.uniform() < 1 / blipEveryMinutes) {
      this.#blip = {
        side: random.uniform() < 0.5 ? 'source' : 'target',
        until: b + Math.round(random.logBetween(1, 3)),
        rate: random.logBetween(0.005, 0.1),
      };
    }
    const { side, until, rate } = this.#blip;
    const now = b < until ? rate : 0;
    return { source: side === 'source' ? now : 0, target: side === 'target' ? now : 0 };
  }

  /** The source alone in the minutes before the first weight change, oldest first. Its noise is correlated within, not with what follows. */
  history(minutes: number): Counts[] {
    const past = new World({ ...this.#cell, fault: null, hasSharedSpike: false }, ~this.#seed, this.#run);
    past.#start.phase = this.#start.phase - minutes / 1440;
    past.#start.outageAt = Infinity;
    const counts: Counts[] = [];
    for (let b = 0; b < minutes; b += 1) {
      past.play(0, false);
      if (past.source.visible(b, Number.MAX_SAFE_INTEGER))
        counts.push({ n: past.source.n[b]!, e: past.source.e[b]! });
    }
    return counts;
  }
}

interface Start {
  phase: number;
  outageAt: number;
  spikeAt: number;
  spikeMinutes: number;
  spikeRate: number;
  spikeRatio: number;
}

function delayOf(uniform: number): number {
  let rest = uniform;
  for (const { minutes, chance } of delays) {
    if (rest < chance) return minutes;
    rest -= chance;
  }
  return 3;
}
