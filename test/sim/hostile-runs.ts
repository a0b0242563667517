import { afterAll, describe, expect, test } from 'vitest';
import { editNames } from './colleague.js';
import { firstGroupSeed } from './played-host.js';
import { simulate } from './simulation.js';

/** Everything that the generator is held to produce; a name that never occurs means that it has gone blind. */
const expected: readonly string[] = [
  ...editNames,
  ...[
    'a write that is throttled',
    'a write that is busy',
    'a write that is timeout',
    'a write that is unavailable',
  ],
  ...['a reply that is lost', 'a refusal that is lost', 'a write that is still under way'],
  ...['a late write that lands', 'a late write that is refused', 'Route 53 is out of reach'],
  ...['a listing that breaks off', 'a listing that is throttled', 'a listing that is timeout'],
  ...[
    'a change status that fails',
    'changes that do not travel',
    'a name server falls silent or speaks again',
  ],
  ...['the source is failed', 'the target is failed', 'both sides fail', 'the source is silent'],
  ...['the target is silent', 'the target is unknown', 'the target fails while Route 53 is out of reach'],
  ...['a crash before a write', 'a crash after a write', 'a crash between the calls'],
  ...['a process that stalls for three minutes', 'nobody looks for a minute'],
  ...['two controllers at the same instant', 'a second controller with same state'],
  ...['a second controller with clone', 'a second controller with old backup'],
  'a second controller with own migration',
  'another marker right before a write',
  'another marker while the guard goes back',
  'the source dies while the guard goes back',
  'listings fail while the guard goes back',
  'an INSYNC that lags',
  ...['pause', 'resume', 'approve', 'rollback', 'adopt', 'restore', 'forget'].map(
    (word) => `somebody says ${word}`,
  ),
  // Seldom allowed: only where a stage is watched and its gate, or a failing source, wants it.
  ...['somebody asks to promote', 'somebody asks to leap'],
  ...['completed', 'rolled-back by guard', 'rolled-back by operator', 'rolled-back by person'],
  ...['halted: drift', 'halted: fenced', 'waiting', 'restored', 'forgotten'],
];

/** The same of groups. */
const expectedOfGroups: readonly string[] = [
  ...['a group with a simple CNAME', 'a group with an alias', 'a group with a pair made by hand'],
  ...['an edit of a part of the group', 'an edit of every host', 'one host may not be written'],
  ...['other weights while the guard goes back', 'the source of one host dies while the guard goes back'],
  ...['the target of one host is ill', 'the target of one host is ill and the source of another is down'],
  ...['the source of one host is failed', 'the target of one host is silent'],
  ...['a second controller with clone', 'a second controller with own migration'],
  'a host of a group is put back by itself',
  ...['completed', 'rolled-back by guard', 'rolled-back by operator', 'rolled-back by person'],
  ...['halted: drift', 'halted: fenced', 'restored', 'forgotten'],
];

const runsPerCase = 50;
const groupsPerCase = 40;

/** Which seeds are played: so many cases from each first one on. */
interface Seeds {
  readonly hosts: number;
  readonly hostCases: number;
  readonly groups: number;
  readonly groupCases: number;
  /** Those that have shown a mistake once; they are played by themselves. */
  readonly again?: readonly number[];
}

/**
 * Plays the migrations of these seeds. `SHIFT_SIM_SEED` plays that one alone and tells its story; `SHIFT_SIM_RUNS` plays so many in each
 * case, from seeds that nobody has looked at yet.
 */
export function hostileRuns({ hosts, hostCases, groups, groupCases, again = [] }: Seeds): void {
  const { SHIFT_SIM_SEED: only, SHIFT_SIM_RUNS: more } = process.env;
  if (only !== undefined) {
    // One file plays it, the others have nothing to do.
    test.runIf(hosts === 1)(`seed ${only}`, async () => {
      const { story, violations } = await simulate(Number(only));
      process.stdout.write(`${story}\n`);
      expect(violations).toEqual([]);
    });
    return;
  }
  const fresh = more === undefined ? null : Number(more);
  describe('whatever happens, the log of Route 53 shows nothing that must not be', () => {
    const runs = fresh ?? runsPerCase;
    playCases(expected, { base: fresh === null ? hosts : hosts * 1_000_000, cases: hostCases, runs });
    test.each(again)('in the migration from seed %i, which has shown a mistake once', async (seed) => {
      const { story, violations } = await simulate(seed);
      expect(violations, story).toEqual([]);
    });
  });
  describe('whatever happens to a group, the log of Route 53 shows nothing that must not be', () => {
    const runs = fresh ?? groupsPerCase;
    const base = firstGroupSeed + (fresh === null ? groups : groups * 1_000_000);
    playCases(expectedOfGroups, { base, cases: groupCases, runs });
  });
}

function playCases(
  names: readonly string[],
  { base, cases, runs }: { readonly base: number; readonly cases: number; readonly runs: number },
): void {
  const counts = new Map<string, number>();
  const seeds = Array.from({ length: cases }, (_, index) => base + index * runs);
  test.each(seeds)(
    `in ${runs} migrations from seed %i`,
    async (seed) => {
      const stories: string[] = [];
      for (let run = seed; run < seed + runs; run += 1) {
        const outcome = await simulate(run);
        for (const [name, count] of outcome.counts) counts.set(name, (counts.get(name) ?? 0) + count);
        if (outcome.violations.length > 0) stories.push(outcome.story);
      }
      expect(stories, stories.slice(0, 3).join('\n\n')).toHaveLength(0);
    },
    600_000,
  );
  test('and everything that can go wrong has gone wrong at least once', () => {
    expect(names.filter((name) => !counts.has(name))).toEqual([]);
  });
  afterAll(() => {
    const lines = [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name}: ${count}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  });
}
