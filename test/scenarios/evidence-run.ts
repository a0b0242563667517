import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioName } from '../../src/lab/scenario-name.js';
import { scenarios } from '../../src/lab/scenario.js';
import { propagationMs } from './lab-policy.js';
import { WatchedMigration } from './watched-migration.js';

/** How a migration ended whose users were counted by CloudWatch and in Heroku's router log. */
export interface EvidenceRun {
  readonly code: number;
  readonly stderr: string;
  /** Why it was rolled back or a person is asked; null when it completed. */
  readonly because: string | null;
  /** Every reason for holding, in order. */
  readonly held: readonly string[];
  readonly findings: readonly string[];
  /** `status --why`, typed afterwards. */
  readonly why: string;
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** One start after the other: users who arrive all at once take the core that a preflight's probes need. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(work, work);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/** As many requests as in the demo, over fewer connections, so that several labs bear each other. */
const users = { resolvers: 50, requestsPerSecond: 4 };

/** A whole migration under the times and the gate of lab.yaml, with two stages: every scenario begins at 25 %. */
export async function runEvidence(scenario: ScenarioName): Promise<EvidenceRun> {
  const own = scenarios[scenario].population;
  const clients = own === undefined ? { clients: users } : {};
  const lab = await readFile(join(import.meta.dirname, '../../policies/lab.yaml'), 'utf8');
  const policy = lab.replace('[10, 25, 50, 100]', '[25, 100]').replace('bake: 10s', 'bake: 6s');
  const { opened, ended } = await inTurn(async () => {
    const opened = await WatchedMigration.open({ scenario, seed: scenario, ...clients });
    const running = opened.run(await opened.policyFile(policy));
    await opened.begun(running);
    return { opened, ended: running };
  });
  await using migration = opened;
  await ended;
  const reasons = migration.events.flatMap((event) =>
    event.type === 'rollback-requested' || event.type === 'asked' ? [event.because] : [],
  );
  const held = migration.events.flatMap((event) => (event.type === 'held' ? [event.topic] : []));
  const { code, stderr } = migration;
  const { stdout } = await migration.verb('status', migration.lab.host, '--why');
  const findings = migration.findings(propagationMs);
  return { code, stderr, because: reasons.at(-1) ?? null, held, findings, why: stdout };
}
