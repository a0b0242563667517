import type { MetricQuery, RouterRoute, RouterSpec } from '../metric-query.js';
import { idOf, type MeasuredSide } from './cloudwatch.js';

/** The quantile that response times are compared by. */
const quantile = 0.99;

/**
 * The router lines of a Heroku app, counted by this program itself: a line for every request, also for those that no dyno answered
 * (Heroku Dev Center, "HTTP routing" and "Heroku error codes").
 */
export function routerQueries(
  app: string,
  route: RouterRoute,
  whose: MeasuredSide,
  options: { readonly slowerThanMs?: number } = {},
): readonly MetricQuery[] {
  const { slowerThanMs } = options;
  const query = (
    role: MetricQuery['role'],
    unit: MetricQuery['unit'],
    measure: RouterSpec['measure'],
  ): MetricQuery => ({
    id: idOf(whose, role),
    ...whose,
    role,
    unit,
    whenMissing: 'unknown',
    name: role,
    spec: { source: 'heroku-router', app, route, measure },
  });
  return [
    query('bad', 'count', { kind: 'errors' }),
    query('total', 'count', { kind: 'requests' }),
    query('latency', 'seconds', { kind: 'quantile', quantile }),
    ...(slowerThanMs === undefined
      ? []
      : [query('slow', 'count', { kind: 'slower', limitMs: slowerThanMs })]),
  ];
}
