import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { HistoryOutput } from '../../src/cli/commands/history.js';
import type { ListOutput } from '../../src/cli/commands/list.js';
import { migrationReport } from '../../src/core/report/migration-report.js';
import { replay } from '../../src/core/migration.js';
import { statusOf } from '../../src/core/status.js';
import { plus } from '../../src/core/time.js';
import { chained, chainStart } from '../../src/store/hash-chain.js';
import { isObserving, Journey } from '../cli/render/journey.js';
import { completed, rolledBackByUsers } from '../core/report/journeys.js';
import { TypeSchemas } from './type-schema.js';

const root = resolve(import.meta.dirname, '../..');

/** Every documented output: its file, and the type that is printed. */
const outputs = {
  status: ['src/core/status.ts', 'Status'],
  list: ['src/cli/commands/list.ts', 'ListOutput'],
  history: ['src/cli/commands/history.ts', 'HistoryOutput'],
  report: ['src/core/report/migration-report.ts', 'MigrationReport'],
} as const;

type Output = keyof typeof outputs;

function fileOf(name: Output): string {
  return resolve(root, `docs/schema/${name}.schema.json`);
}

/** The published schema, but without room for fields that it does not name. */
function strict(name: Output): z.ZodType {
  const schema: unknown = JSON.parse(readFileSync(fileOf(name), 'utf8'), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

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
    const options = (await resolveConfig(fileOf(name))) ?? {};
    const text = await format(JSON.stringify(schema), { ...options, parser: 'json' });
    await expect(text).toMatchFileSnapshot(fileOf(name));
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
      notCompared: null,
    } as const;
    const list: ListOutput = { version: 1, migrations: [status] };
    const history: HistoryOutput = { version: 1, id: status.id, entries, verification };
    const printed = { status, list, history, report: migrationReport(events, at) };
    for (const name of Object.keys(outputs) as Output[]) {
      const read: unknown = JSON.parse(JSON.stringify(printed[name]));
      expect(strict(name).safeParse(read).error?.issues.slice(0, 3) ?? []).toEqual([]);
    }
  });

  test('a field that no schema names, and one that is missing, are found', () => {
    const status = new Journey().status();
    const { phase, ...missing } = status;
    expect(strict('status').safeParse({ ...status, news: 1 }).success).toBe(false);
    expect(strict('status').safeParse(missing).success).toBe(false);
    expect(strict('status').safeParse({ ...missing, phase }).success).toBe(true);
  });
});
