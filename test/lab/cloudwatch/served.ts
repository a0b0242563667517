import type { ServedOutcome, ServedRequest } from '../../../src/lab/origins/served-request.js';

/** A request that ended at this instant; it took 30 ms unless something else is said. */
export function served(
  finishedAtMs: number,
  outcome: ServedOutcome = { kind: 'application', status: 200 },
  more: Partial<ServedRequest> = {},
): ServedRequest {
  return {
    startedAtMs: finishedAtMs - 30,
    finishedAtMs,
    method: 'GET',
    path: '/',
    host: 'www.example.com',
    headers: {},
    clientAddress: '127.0.0.1',
    originAddress: '127.53.1.31',
    outcome,
    bodyBytes: 10,
    ...more,
  };
}
