import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HistoryOutput } from '../../src/cli/commands/history.js';
import type { ListOutput } from '../../src/cli/commands/list.js';
import { migrationReport } from '../../src/core/report/migration-report.js';
import { replay } from '../../src/core/migration.js';
import { statusOf } from '../../src/core/status.js';
import { plus } from '../../src/core/time.js';
import { chained, chainStart } from '../../src/store/hash-chain.js';
import { isObserving, Journey } from '../cli/render/journey.js';
import { completed, rolledBackByUsers } from '../core/report/journeys.js';
import { misfits, schemaFile, strictSchema } from './published-schema.js';
import { TypeSchemas } from './type-schema.js';

const root = resolve(import.meta.dirname, '../..');

/** Every documented output: its file, and the type that is printed. */
const outputs = {
  status: ['src/cli/commands/status-resolvers.ts', 'StatusOutput'],
  list: ['src/cli/commands/list.ts', 'ListOutput'],
  history: ['src/cli/commands/history.ts', 'HistoryOutput'],
  report: ['src/core/report/migration-report.ts', 'MigrationReport'],
  'zone-status': ['src/cli/commands/status-without-state.ts', 'ZoneStatusOutput'],
  plan: ['src/cli/commands/plan.ts', 'PlanOutput'],
  preflight: ['src/cli/commands/preflight.ts', 'PreflightOutput'],
  'policy-list': ['src/cli/commands/policy-list.ts', 'PolicyListOutput'],
  'policy-show': ['src/cli/commands/policy-show.ts', 'PolicyShowOutput'],
  'policy-validate': ['src/cli/commands/policy-validate.ts', 'PolicyValidateOutput'],
  simulate: ['src/cli/commands/simulate-traffic.ts', 'SimulateTrafficOutput'],
  'simulate-history': ['src/cli/commands/simulate.ts', 'SimulateHistoryOutput'],
  'simulate-journal': ['src/cli/commands/simulate-journal.ts', 'SimulateJournalOutput'],
  iam: ['src/core/iam-policy.ts', 'IamPolicy'],
  runbook: ['src/cli/commands/runbook.ts', 'RunbookOutput'],
  export: ['src/cli/commands/export.ts', 'ExportOutput'],
  tick: ['src/cli/tick-output.ts', 'TickOutput'],
} as const;

type Output = keyof typeof outputs;

const journeys: Readonly<Record<string, Journey>> = {
  planned: new Journey(),
  observing: new Journey().until(isObserving(25)),
  completed: completed(),
  'rolled back': rolledBackByUsers(['www.shop.test', 'api.shop.test']),
};

describe('the documented output of the reading verbs', () => {
  let schemas: TypeSchemas;

  beforeAll(() => {
    const files = Object.values(outputs).map(([file]) => resolve(root, file));
    schemas = new TypeSchemas(files, resolve(root, 'tsconfig.json'));
  });

  // Where a type has changed on purpose: npx vitest run test/docs --update, and the change shows what its users must know.
  test.each(Object.keys(outputs) as Output[])('the schema of %s is that of its type', async (name) => {
    const [file, type] = outputs[name];
    const schema = schemas.of(resolve(root, file), type, `shiftctl ${name} -o json`);
    const options = (await resolveConfig(schemaFile(name))) ?? {};
    const text = await format(JSON.stringify(schema), { ...options, parser: 'json' });
    await expect(text).toMatchFileSnapshot(schemaFile(name));
  });

  test.each(Object.entries(journeys))('real output fits the schemas: %s', (_name, { events, now }) => {
    const at = plus(now, 400);
    const status = statusOf(replay(events), at);
    const entries = chained(chainStart, events).map((entry) => ({
      ...entry,
      time: new Date(entry.event.at).toISOString(),
    }));
    const verification = {
      entries: entries.length,
      head: '',
      anchors: [{ host: 'a', found: 'anchored', sequence: 3 }],
      kept: [],
      notCompared: null,
    } as const;
    const list: ListOutput = { version: 1, migrations: [status] };
    const history: HistoryOutput = { version: 1, id: status.id, entries, verification };
    const printed = { status, list, history, report: migrationReport(events, at) };
    for (const [name, output] of Object.entries(printed))
      expect(misfits(name, JSON.parse(JSON.stringify(output)))).toEqual([]);
  });

  test('a field that no schema names, and one that is missing, are found', () => {
    const status = new Journey().status();
    const { phase, ...missing } = status;
    expect(strictSchema('status').safeParse({ ...status, news: 1 }).success).toBe(false);
    expect(strictSchema('status').safeParse(missing).success).toBe(false);
    expect(strictSchema('status').safeParse({ ...missing, phase }).success).toBe(true);
  });
});
