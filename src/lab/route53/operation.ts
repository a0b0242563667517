import type { HealthChecks } from '../health-checks/health-checks.js';
import type { HostedZones } from '../zone/hosted-zones.js';
import { invalidInput } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';
import type { Answer } from './answer.js';
import { RefusedRequest } from './xml.js';

/** One call as an operation sees it. */
export interface Call {
  readonly zones: HostedZones;
  readonly healthChecks: HealthChecks;
  /** The id in the path, without its prefix; empty for operations that have none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Numbers in [0, 1), for answers drawn by weight. */
  readonly random: () => number;
}

/** Does the work of one API action. Throws `RefusedRequest` for a request it cannot read. */
export type Operation = (call: Call) => Answer | Refusal;

/**
 * The size of a page. The default of 100 is the one AWS answers with (a recorded answer in LocalStack's snapshot tests); the
 * cap of 300 is documented for ListResourceRecordSets.
 */
export function pageSize(asked: string | null, cap: number, whenAbsent: number): number {
  if (asked === null) return whenAbsent;
  if (!/^\d{1,9}$/.test(asked) || Number(asked) < 1) throw new RefusedRequest(notValid());
  return Math.min(Number(asked), cap);
}

/** Public text: the answer to a listing with a type and no name. */
export function notValid(): Refusal {
  return invalidInput('The input is not valid');
}
