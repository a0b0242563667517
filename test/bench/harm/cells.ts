/** How a service's error rate moves when nothing is wrong. */
export interface Noise {
  readonly name: string;
  /** The rate of a minute is log-normal with this deviation, and this correlation from one minute to the next. */
  readonly deviation: number;
  readonly correlation: number;
  /** Failures come in clusters of this mean size. */
  readonly clusterMean: number;
  /** This often a blip hits one of the two sides, which alone fails at 0.5 to 10 % for 1 to 3 minutes; null for never. */
  readonly blipEveryMinutes: number | null;
  /** Traffic and errors follow the sun by this much. */
  readonly diurnal: number;
  /** Buckets that never arrive, and minutes of one outage of all metrics in every run. */
  readonly missing: number;
  readonly outageMinutes: number;
  /** The healthy target's error rate over the source's. */
  readonly platformRatio: number;
}

const mild: Noise = {
  name: 'mild',
  deviation: 0.2,
  correlation: 0.5,
  clusterMean: 1,
  blipEveryMinutes: null,
  diurnal: 0,
  missing: 0,
  outageMinutes: 0,
  platformRatio: 1,
};
const over: Noise = { ...mild, name: 'over', deviation: 0.5, clusterMean: 2 };

/** The six families in which a rollback is a false one. */
export const healthyNoises: readonly Noise[] = [
  { ...mild, name: 'clean', deviation: 0 },
  over,
  { ...mild, name: 'blips', blipEveryMinutes: 720 },
  { ...mild, name: 'diurnal', diurnal: 0.5 },
  { ...mild, name: 'missing', missing: 0.1, outageMinutes: 8 },
  { ...mild, name: 'platform', platformRatio: 1.15 },
];

/** What is wrong with the target. */
export interface Fault {
  readonly name: string;
  readonly severity: 'gross' | 'moderate' | 'subtle';
  /** Times the base rate. */
  readonly ratio: number;
  /** Requests that fail besides. */
  readonly excess: number;
  /** It begins when this stage is entered, and not before this minute. */
  readonly fromStage: number;
  readonly fromMinute: number;
}

function fault(name: string, severity: Fault['severity'], what: Partial<Fault>): Fault {
  return { name, severity, ratio: 1, excess: 0, fromStage: 0, fromMinute: 0, ...what };
}

export const faults: readonly Fault[] = [
  fault('broken 100 %', 'gross', { excess: 1 }),
  fault('broken 50 %', 'gross', { excess: 0.5 }),
  fault('x2', 'subtle', { ratio: 2 }),
  fault('x5', 'subtle', { ratio: 5 }),
  fault('x10', 'moderate', { ratio: 10 }),
  fault('+0.5 pp', 'subtle', { excess: 0.005 }),
  fault('+1 pp', 'subtle', { excess: 0.01 }),
  fault('+2 pp', 'moderate', { excess: 0.02 }),
  fault('+5 pp', 'moderate', { excess: 0.05 }),
  fault('+5 pp from 25 % on', 'moderate', { excess: 0.05, fromStage: 1 }),
  fault('+30 pp from 50 % on', 'gross', { excess: 0.3, fromStage: 2 }),
  fault('+5 pp from minute 10', 'moderate', { excess: 0.05, fromMinute: 10 }),
  fault('+20 pp from minute 20', 'gross', { excess: 0.2, fromMinute: 20 }),
];

export const broken: Fault = faults[0]!;

/** One kind of run: a service, its noise, and what happens to it. */
export interface Cell {
  readonly rps: number;
  readonly baseRate: number;
  readonly noise: Noise;
  readonly fault: Fault | null;
  /** Both sides fail at 5 to 50 % for 3 to 15 minutes, as when a shared database is down; amplitudes differ by up to 25 %. */
  readonly hasSharedSpike: boolean;
  /** The target's requests never arrive anywhere: they all fail and no metric tells. */
  readonly isBlackHole: boolean;
  /** How much of a fault the target's probes see. */
  readonly probesSee: number;
}

export const levels: readonly number[] = [0.2, 1, 10, 100, 1000];
export const baseRates: readonly number[] = [0.0001, 0.001, 0.01];

/** Traffic and base rate: what a rule may be tuned for. */
export interface ServiceClass {
  readonly rps: number;
  readonly baseRate: number;
}

export function serviceClasses(rps: readonly number[] = levels): ServiceClass[] {
  return rps.flatMap((level) => baseRates.map((baseRate) => ({ rps: level, baseRate })));
}

export function healthyCell({ rps, baseRate }: ServiceClass, noise: Noise): Cell {
  return {
    rps,
    baseRate,
    noise,
    fault: null,
    hasSharedSpike: false,
    isBlackHole: false,
    probesSee: 0,
  };
}

export function healthyCells(service: ServiceClass): Cell[] {
  return healthyNoises.map((noise) => healthyCell(service, noise));
}

/** Every fault with mild noise and with much. The probes see none of it, which is the worst case for a rule that relies on them. */
export function badCells(service: ServiceClass): Cell[] {
  return [mild, over].flatMap((noise) =>
    faults.map((what) => ({ ...healthyCell(service, noise), fault: what })),
  );
}

export function spikeCell(service: ServiceClass): Cell {
  return { ...healthyCell(service, mild), hasSharedSpike: true };
}

/** Services with hardly any requests, sound and broken. */
export function nearZeroCells(): Cell[] {
  return [0.003, 0.01, 0.05].flatMap((rps) => {
    const sound = healthyCell({ rps, baseRate: 0.001 }, mild);
    return [sound, { ...sound, fault: broken }];
  });
}

export function blackHoleCells(): Cell[] {
  return [1, 10, 100].flatMap((rps) => {
    const cell = { ...healthyCell({ rps, baseRate: 0.001 }, mild), fault: broken, isBlackHole: true };
    return [cell, { ...cell, probesSee: 1 }];
  });
}

export function nameOfClass({ rps, baseRate }: ServiceClass): string {
  return `${rps} rps ${percent(baseRate)}`;
}

/** `0.01 %`: no more digits than the number has. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
