import {
  changeTagsForHealthCheck,
  createHealthCheck,
  deleteHealthCheck,
  getHealthCheck,
  getHealthCheckStatus,
  listHealthChecks,
  listTagsForHealthCheck,
  updateHealthCheck,
} from './health-check-operations.js';
import type { Operation } from './operation.js';

/** The API of health checks, each row a method, a path below `/2013-04-01/`, an action and what does it. */
export const healthCheckRoutes: readonly {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly operation: Operation;
}[] = [
  { method: 'POST', path: 'healthcheck', action: 'CreateHealthCheck', operation: createHealthCheck },
  { method: 'GET', path: 'healthcheck', action: 'ListHealthChecks', operation: listHealthChecks },
  { method: 'GET', path: 'healthcheck/*', action: 'GetHealthCheck', operation: getHealthCheck },
  { method: 'POST', path: 'healthcheck/*', action: 'UpdateHealthCheck', operation: updateHealthCheck },
  { method: 'DELETE', path: 'healthcheck/*', action: 'DeleteHealthCheck', operation: deleteHealthCheck },
  {
    method: 'GET',
    path: 'healthcheck/*/status',
    action: 'GetHealthCheckStatus',
    operation: getHealthCheckStatus,
  },
  {
    method: 'POST',
    path: 'tags/healthcheck/*',
    action: 'ChangeTagsForResource',
    operation: changeTagsForHealthCheck,
  },
  {
    method: 'GET',
    path: 'tags/healthcheck/*',
    action: 'ListTagsForResource',
    operation: listTagsForHealthCheck,
  },
];
