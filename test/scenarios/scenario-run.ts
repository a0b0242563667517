import type { LabOptions } from '../../src/lab/lab-options.js';
import type { ScenarioName } from '../../src/lab/scenario-name.js';
import { instantPolicy } from './policies.js';
import { WatchedMigration } from './watched-migration.js';

/**
 * Long enough at 25 % for what the scenarios do three seconds after it has settled, and at 50 % for a collapse to be seen. One
 * request in ten still works in some scenarios, so a rule that wants every probe to fail would leave the time to chance.
 */
const policy = instantPolicy
  .replace(
    'stages: [10, 25, 50, 100]',
    'stages: [10, { share: 25, dwell: 8s }, { share: 50, dwell: 8s }, 100]',
  )
  .replace('failed: 5 of 5', 'failed: 4 of 6');

/** Changes of this lab arrive after 100 ms; the rest is for a busy machine. */
export const propagationMs = 350;

/** Runs a scenario under the policy above. Only the target's capacity depends on users, so only then there are any. */
export async function play(
  scenario: ScenarioName,
  clients: LabOptions['clients'] = 'off',
): Promise<WatchedMigration> {
  const migration = await WatchedMigration.open({ scenario, clients, insyncDelayMs: 100, ttlSeconds: 1 });
  await Promise.all(
    [migration.lab.source, migration.lab.target].map(({ origin }) => origin.change({ baseErrorFraction: 0 })),
  );
  await migration.run(await migration.policyFile(policy));
  return migration;
}
