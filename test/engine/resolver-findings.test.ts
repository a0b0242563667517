import { describe, expect, test } from 'vitest';
import { createResolverAnswers } from '../../src/adapters/dns/resolver-answers.js';
import { resolverSummary, type HostResolvers, type ResolverAnswer } from '../../src/core/resolver-report.js';
import { ok } from '../../src/core/result.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { Dns } from '../../src/engine/ports.js';
import { reportResolvers } from '../../src/engine/resolver-findings.js';
import { albTarget, herokuTarget, host, original, planOf, Story, www } from '../core/story.js';

const never = new AbortController().signal;

function says(cname: string | null, ttlSeconds = 40, addresses: readonly string[] = []): ResolverAnswer {
  return { resolver: '192.0.2.1', status: 'answered', cname, addresses, ttlSeconds };
}

/** Name servers that hand out this name alone, or say nothing; every name has one address of its own. */
function dnsOf(handedOut: string | null): Dns {
  return {
    sample: ({ nameServers, host }) =>
      Promise.resolve(
        nameServers.map((server) => ({
          server,
          host,
          answers: handedOut === null ? {} : { [handedOut]: 1 },
          other: 0,
          failed: handedOut === null ? 1 : 0,
          marker: null,
        })),
      ),
    addresses: (name) => Promise.resolve(ok([name.includes('heroku') ? '192.0.2.10' : '192.0.2.20'])),
  };
}

async function reported(
  state: MigrationState,
  handedOut: string | null,
  ...answers: readonly ResolverAnswer[]
): Promise<HostResolvers> {
  const resolvers = { answers: () => Promise.resolve(answers) };
  const [report] = await reportResolvers({ resolvers, dns: dnsOf(handedOut) }, state, never);
  if (report === undefined) throw new Error('there is a host');
  return report;
}

function troubles({ findings }: HostResolvers): readonly (string | null)[] {
  return findings.map(({ trouble }) => trouble);
}

describe('what resolvers hand out while a migration runs', () => {
  test('fault 57: is told with its majority, and a share that the name servers were not seen to hand out is no old answer', async () => {
    const { state } = Story.observing(0);
    const found = await reported(state, herokuTarget, says(herokuTarget), says(albTarget), says(albTarget));
    expect(found).toMatchObject({ host: 'www.example.com', majority: 'target', isAuthorityHeard: true });
    expect(troubles(found)).toEqual([null, null, null]);
  });

  test('fault 57: after a rollback the target is an older answer', async () => {
    const story = Story.observing(0).requestRollback();
    story.accept(story.open('rollback'));
    const found = await reported(story.state, herokuTarget, says(albTarget), says(herokuTarget));
    expect(troubles(found)).toEqual([expect.stringContaining('it still keeps an older answer'), null]);
    expect(found.majority).toBeNull();
  });

  test('fault 57: a target whose weight is zero is handed out by nobody who asked lately', async () => {
    const found = await reported(Story.observing(-1).state, herokuTarget, says(albTarget));
    expect(troubles(found)).toEqual([expect.stringContaining('it still keeps an older answer')]);
  });

  test.each([
    [[says(herokuTarget), says(albTarget), says(albTarget)], '2 of 3 resolvers hand out the target'],
    [[says(herokuTarget), says(albTarget)], '1 of 2 resolvers hand out the source and as many the target'],
    [[says('a.captive.example.'), says(null)], 'most of 2 resolvers hand out neither side'],
    [[says(null)], 'none of 1 resolvers hands out either side'],
  ])('is summed up as it is: %#', async (answers, summary) => {
    const { findings } = await reported(Story.observing(0).state, herokuTarget, ...answers);
    expect(resolverSummary('www.example.com', findings)).toBe(`www.example.com: ${summary}`);
  });

  test('fault 57: the TTL from before the take-over is no fault until the first traffic moves, and is named afterwards', async () => {
    const plan = planOf({ originals: [original(www, 3_600)] });
    const before = await reported(Story.observing(-1, plan).state, herokuTarget, says(herokuTarget, 3_000));
    expect(troubles(before)).toEqual([null]);
    const later = await reported(Story.observing(0, plan).state, herokuTarget, says(herokuTarget, 3_000));
    expect(troubles(later)).toEqual([expect.stringContaining('caches beyond the TTL')]);
  });

  test('a name that the source had before is the source', async () => {
    const plan = planOf();
    const formerSources = ['old-otter-1.herokudns.com.'];
    const moved = { ...plan, hosts: plan.hosts.map((host) => ({ ...host, formerSources })) };
    const found = await reported(Story.observing(0, moved).state, herokuTarget, says(formerSources[0] ?? ''));
    expect(found.findings).toMatchObject([{ says: 'source' }]);
    expect(troubles(found)).toEqual([expect.stringContaining('an older answer')]);
  });

  test('name servers that say nothing leave the last accepted write to compare with, and that is told', async () => {
    const { state } = Story.observing(0);
    const found = await reported(state, null, says(albTarget), says('captive.example.'));
    expect(found.isAuthorityHeard).toBe(false);
    expect(troubles(found)).toEqual([null, expect.stringContaining('hands out neither side')]);
  });

  test('any number of hosts may be asked about without a word of Node.js about leaks', async () => {
    const names = Array.from({ length: 12 }, (_, index) => host(`h${index}.example.com`));
    const { state } = new Story(planOf({ names }));
    const warnings: string[] = [];
    const hear = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', hear);
    const listening = createResolverAnswers([{ address: '127.0.0.1', port: 9 }]);
    const found = await reportResolvers({ resolvers: listening, dns: dnsOf(herokuTarget) }, state, never);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(found).toHaveLength(12);
    expect(warnings).toEqual([]);
  });

  test('whoever does not answer is told to be silent when the time is over, and the caller is heard too', async () => {
    const { state } = Story.observing(0);
    const silent = (signal: AbortSignal): Promise<readonly ResolverAnswer[]> =>
      new Promise((resolve) => {
        const end = (): void =>
          resolve([{ resolver: '192.0.2.1', status: 'silent', because: 'nothing came in time' }]);
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
      });
    const resolvers = { answers: (_: string, signal: AbortSignal) => silent(signal) };
    const ports = { resolvers, dns: dnsOf(herokuTarget) };
    for (const report of [
      await reportResolvers(ports, state, never, 20),
      await reportResolvers(ports, state, AbortSignal.abort(), 60_000),
    ])
      expect(report[0]?.findings).toEqual([
        { resolver: '192.0.2.1', says: 'nothing', trouble: 'did not answer: nothing came in time' },
      ]);
  });
});
