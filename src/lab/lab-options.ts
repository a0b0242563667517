import type { Population } from './population.js';
import type { Permissions } from './route53/iam.js';
import type { ScenarioName } from './scenario-name.js';
import { scenarios } from './scenario.js';
import type { Subnet } from './settings.js';

export type Direction = 'heroku-to-aws' | 'aws-to-heroku';

export interface LabOptions {
  readonly scenario?: ScenarioName;
  /** The same seed gives the same draws, faults and names; the order in which sockets become ready is not in its power. */
  readonly seed?: string;
  readonly direction?: Direction;
  /** How the host points at the source before the migration; `alias` (A and AAAA) exists only for a source on AWS. */
  readonly initialRecords?: 'cname' | 'alias';
  /** Of the initial CNAME. */
  readonly ttlSeconds?: number;
  /** How long a change takes to reach each name server. */
  readonly insyncDelayMs?: number;
  /** Without it, the scenario's, or the usual ones. */
  readonly clients?: 'off' | Population;
  /** The subnet to use; without it, the first free one. */
  readonly subnet?: Subnet;
  /** Further hosted zones of the account, without records of their own. */
  readonly extraZones?: readonly string[];
  /** IAM policies that Route 53 enforces, by access key; a key without any may do everything. */
  readonly permissions?: Permissions;
}

/** Options with nothing left open. */
export type LabPlan = Required<Omit<LabOptions, 'subnet'>> & { readonly subnet: Subnet | undefined };

/** As many users as one core can simulate beside the product, and enough for shares to show within seconds. */
export const defaultPopulation: Population = { resolvers: 200, requestsPerSecond: 1 };

/** Fills in what was left open. Throws a RangeError when options contradict each other. */
export function planOf(options: LabOptions): LabPlan {
  const plan: LabPlan = {
    scenario: 'healthy',
    seed: 'lab',
    direction: 'heroku-to-aws',
    initialRecords: 'cname',
    ttlSeconds: 5,
    insyncDelayMs: 1_000,
    clients: scenarios[options.scenario ?? 'healthy'].population ?? defaultPopulation,
    extraZones: [],
    permissions: {},
    subnet: undefined,
    ...options,
  };
  if (plan.initialRecords === 'alias' && plan.direction === 'heroku-to-aws') {
    throw new RangeError(
      'A source on Heroku cannot stand in Route 53 as an alias: use "cname", or aws-to-heroku.',
    );
  }
  return plan;
}
