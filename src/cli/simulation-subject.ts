import { composePlanner } from '../compose/planner.js';
import type { Config } from '../config.js';
import { knownBuckets, type SourceHistory } from '../core/forecast/source-history.js';
import type { Policy } from '../core/policy/policy.js';
import { displayName, type RecordName } from '../core/record-name.js';
import { parseHistoryFile } from '../core/simulation/history-file.js';
import { parseDuration } from '../core/time.js';
import type { CommandContext } from './command-context.js';
import { CommandFailure, invalidArgument, valueOrFail } from './command-failure.js';
import { readRequest, type RequestOptions } from './migration-request.js';
import { defaultPolicy, loadPolicy, readText } from './policy-file.js';

/** With fewer known buckets every run would be the same one. */
const minBuckets = 60;

/** Where a past comes from. */
export interface SubjectOptions extends RequestOptions {
  /** True asks the source's metrics, text names a file. */
  readonly history: true | string;
  readonly last: string;
}

/** One past and the policy that is tried on it. */
export interface Subject {
  readonly name: string;
  readonly policy: Policy;
  readonly hosts: number;
  readonly past: SourceHistory['buckets'];
  /** The largest TTL of the records that stand there, in seconds; null when they were not read. */
  readonly oldTtlSeconds: number | null;
}

/** What is simulated: each host of the request with the past of its source, or one past from a file. */
export async function subjectsOf(
  context: CommandContext,
  host: string | undefined,
  options: SubjectOptions,
): Promise<readonly Subject[]> {
  const { history } = options;
  if (history !== true) return [await fromFile(context.config, history, options)];
  const lastMs = parseDuration(options.last);
  if (!lastMs.ok) throw invalidArgument('--last', lastMs.error);
  const request = await readRequest(context.config, host, options);
  await using planner = await composePlanner(context.config);
  const plan = valueOrFail(await planner.plan(request, context.signal));
  const buckets = Math.ceil(lastMs.value / plan.policy.bucketMs);
  const past = await planner.history(plan, buckets, context.signal);
  const ttls = plan.originals.flatMap(({ records }) => records.map(({ ttl }) => ttl ?? 0));
  return past.hosts.map((one) => ({
    name: displayName(one.host),
    policy: plan.policy,
    hosts: plan.hosts.length,
    past: readable(one),
    oldTtlSeconds: Math.max(0, ...ttls),
  }));
}

async function fromFile(config: Config, path: string, options: SubjectOptions): Promise<Subject> {
  const past = parseHistoryFile(readText(path, '--history'));
  if (!past.ok) throw invalidArgument('--history', `${path} ${past.error}`);
  const policy = await loadPolicy(options.policy ?? defaultPolicy(config), config);
  const history = { host: path as RecordName, buckets: past.value, because: null };
  return { name: path, policy, hosts: 1, past: readable(history), oldTtlSeconds: null };
}

/** The buckets, or the end of the verb when they are too few to learn from. */
function readable(history: SourceHistory): SourceHistory['buckets'] {
  const known = knownBuckets(history).filter(({ n }) => n > 0).length;
  if (known >= minBuckets) return history.buckets;
  const few = `only ${known} buckets with requests are known, and ${minBuckets} are the least`;
  throw new CommandFailure({
    reason: 'refused',
    check: 'history',
    message: `${displayName(history.host)} has no past to simulate with: ${history.because ?? few}`,
    fix: 'give it in a file: --history past.csv with the columns requests and errors, one bucket a row, oldest first',
  });
}
