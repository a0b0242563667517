import {
  builtInPolicy,
  hostPlan,
  isObserving,
  Journey,
  planOf,
  type World,
} from '../../cli/render/journey.js';
import { measured } from '../../engine/memory-metrics.js';

const usersPerSecond = 400;

/** Users who follow the share; at the source one of two hundred requests fails, at the target as many as `targetRate` says. */
export function users(targetRate = 0.005): World {
  return {
    users: (share) => {
      const target = Math.round((usersPerSecond * share) / 100);
      const source = usersPerSecond - target;
      return {
        source: { n: source, e: Math.round(source * 0.005) },
        target: { n: target, e: Math.round(target * targetRate) },
      };
    },
  };
}

/** From the plan to 25 %, where users fare much worse; the guard rolls back. */
export function rolledBackByUsers(names: readonly string[] = ['www.shop.test']): Journey {
  const { hosts, policy } = measured(
    planOf(
      names.map((name) => hostPlan(name)),
      builtInPolicy('lab'),
    ),
  );
  const journey = new Journey(hosts, policy).until(isObserving(25), users());
  return journey.until(({ phase }) => phase.phase === 'rolled-back', users(0.3));
}

/** All the way, without metrics. */
export function completed(): Journey {
  return new Journey().until(({ phase }) => phase.phase === 'completed');
}
