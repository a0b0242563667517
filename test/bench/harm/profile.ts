/** How much is simulated, and what must hold. */
export interface Profile {
  readonly name: 'full' | 'quick';
  readonly levels: readonly number[];
  readonly healthyRuns: number;
  /** Nearly all false rollbacks are blips, so that the worst class needs more runs there. */
  readonly blipRuns: number;
  readonly badRuns: number;
  readonly spikeRuns: number;
  readonly edgeRuns: number;
  readonly groupRuns: number;
  readonly weekRuns: number;
  readonly promises: Promises;
}

export interface Promises {
  readonly worstFalseRollback: number;
  readonly meanFalseRollback: number;
  readonly sharedSpike: number;
  readonly harm: number;
  readonly geometricHarm: number;
  readonly ratio: number;
  readonly tuned: number;
}

export const fullProfile: Profile = {
  name: 'full',
  levels: [0.2, 1, 10, 100, 1000],
  healthyRuns: 400,
  blipRuns: 2000,
  badRuns: 40,
  spikeRuns: 400,
  edgeRuns: 100,
  groupRuns: 100,
  weekRuns: 20,
  promises: {
    worstFalseRollback: 0.015,
    meanFalseRollback: 0.0015,
    sharedSpike: 0.02,
    harm: 0.31,
    geometricHarm: 0.135,
    ratio: 5.5,
    tuned: 1.8,
  },
};

/** The two middle levels with few runs: it finds a broken gate, not a slightly worse one. */
export const quickProfile: Profile = {
  name: 'quick',
  levels: [10, 100],
  healthyRuns: 20,
  blipRuns: 20,
  badRuns: 10,
  spikeRuns: 20,
  edgeRuns: 10,
  groupRuns: 4,
  weekRuns: 1,
  promises: {
    worstFalseRollback: 0.1,
    meanFalseRollback: 0.01,
    sharedSpike: 0.05,
    harm: 0.31,
    geometricHarm: 0.135,
    ratio: 2.2,
    tuned: 1.3,
  },
};
