import { expect, test } from 'vitest';
import type { ProviderFailure } from '../../../src/core/failure.js';
import type { MigrationPlan } from '../../../src/core/plan.js';
import { err, ok, type Result } from '../../../src/core/result.js';
import type { HerokuPlatformStatus, HerokuStatusPage } from '../../../src/engine/inspection-ports.js';
import { lookAtHerokuStatus } from '../../../src/engine/preflight/heroku-status-look.js';
import type { PreflightPorts } from '../../../src/engine/preflight/look.js';
import { PreflightWorld } from './preflight-world.js';

const green = ['Apps', 'Data', 'Tools'].map((name) => ({ name, status: 'green' }));

/** `verdict: fact -> fix` of every check. */
async function checks(
  open: () => Promise<HerokuStatusPage>,
  change: (plan: MigrationPlan) => MigrationPlan = (plan) => plan,
): Promise<readonly string[]> {
  const { ports, ...seen } = new PreflightWorld();
  const asked: PreflightPorts = { ...ports, herokuStatus: open };
  const found = await lookAtHerokuStatus(
    asked,
    change(await seen.world.plan()),
    new AbortController().signal,
  );
  expect(found.every(({ name }) => name === 'heroku status')).toBe(true);
  return found.map(({ verdict, fact, fix }) => `${verdict}: ${fact}${fix === null ? '' : ` -> ${fix}`}`);
}

function saying(answer: Result<HerokuPlatformStatus, ProviderFailure>): () => Promise<HerokuStatusPage> {
  return () => Promise.resolve({ current: () => Promise.resolve(answer) });
}

test('a platform that is green everywhere and has no incident is well', async () => {
  expect(await checks(saying(ok({ systems: green, incidents: [] })))).toEqual([
    'ok: Heroku says that all is green (Apps, Data, Tools), and no incident is open',
  ]);
});

test.each(['Apps', 'Data', 'Tools'])('%s that are not green are a warning', async (name) => {
  const systems = green.map((system) => (system.name === name ? { name, status: 'yellow' } : system));
  expect(await checks(saying(ok({ systems, incidents: [] })))).toEqual([
    `warning: Heroku says: ${name} is yellow -> wait until it is over; look with: heroku status`,
  ]);
});

test('an open incident is a warning with its title and address, whatever the colours say', async () => {
  const incidents = [
    { title: 'Routing errors', url: 'https://status.heroku.com/incidents/1' },
    { title: 'Slow builds', url: null },
  ];
  expect(await checks(saying(ok({ systems: green, incidents })))).toEqual([
    'warning: Heroku says: open: Routing errors (https://status.heroku.com/incidents/1); Slow builds -> wait until it is over; look with: heroku status',
  ]);
});

test('of many incidents three are told and the others counted', async () => {
  const incidents = Array.from({ length: 5 }, (_, index) => ({ title: `Incident ${index + 1}`, url: null }));
  expect((await checks(saying(ok({ systems: green, incidents }))))[0]).toContain(
    'open: Incident 1; Incident 2; Incident 3 and 2 more ->',
  );
});

test('a page that cannot be asked is a warning, never a refusal and never good', async () => {
  const failure = { provider: 'heroku', operation: 'current-status', details: [] } as const;
  const silent = err({ ...failure, reason: 'timeout', message: 'did not answer within 5s' } as const);
  const could = "warning: Heroku's status page could not be asked:";
  const fix = '-> look yourself: https://status.heroku.com';
  expect(await checks(saying(silent))).toEqual([`${could} did not answer within 5s ${fix}`]);
  expect(await checks(() => Promise.reject(new Error('no page')))).toEqual([`${could} no page ${fix}`]);
});

test('nobody is asked while no side is on Heroku, and one that is the target is enough', async () => {
  let opened = 0;
  const open = (): Promise<HerokuStatusPage> => {
    opened += 1;
    return saying(ok({ systems: green, incidents: [] }))();
  };
  const withoutHeroku = (plan: MigrationPlan): MigrationPlan => ({
    ...plan,
    hosts: plan.hosts.map((host) => ({ ...host, source: host.target })),
  });
  expect(await checks(open, withoutHeroku)).toEqual([]);
  expect(opened).toBe(0);
  const turned = (plan: MigrationPlan): MigrationPlan => ({
    ...plan,
    hosts: plan.hosts.map((host) => ({ ...host, source: host.target, target: host.source })),
  });
  expect(await checks(open, turned)).toHaveLength(1);
  expect(opened).toBe(1);
});
