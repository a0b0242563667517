import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.js';
import { readRequest } from '../../src/cli/migration-request.js';
import { readConfig, type Config } from '../../src/config.js';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shift-request-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function config(): Config {
  const surroundings = { workingDirectory: directory, homeDirectory: directory, fileExists: () => false };
  const read = readConfig({}, {}, surroundings);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

function written(name: string, text: string): { path: string; sha256: string } {
  const path = join(directory, name);
  writeFileSync(path, text);
  return { path, sha256: createHash('sha256').update(text).digest('hex') };
}

const hosts = 'hosts:\n  www.example.com: { from: "heroku:my-app", to: "aws:lb.example.net" }\n';
const flags = { from: 'heroku:my-app', to: 'aws:lb.example.net' };

test('a request keeps the migration file and the policy file that it names, each with the hash of its text', async () => {
  const policy = written('slow.yaml', 'stages: [10, 100] # slöwly\n');
  const migration = written('migration.yaml', `policy: ./slow.yaml\n${hosts}`);
  const { files } = await readRequest(config(), undefined, { file: migration.path });
  expect(files).toEqual([
    { kind: 'migration', ...migration },
    { kind: 'policy', ...policy },
  ]);
});

test('a policy file that is typed is kept too, and one that comes with the program is not', async () => {
  const policy = written('own.yaml', 'stages: [10, 100]\n');
  const own = await readRequest(config(), 'www.example.com', { ...flags, policy: policy.path });
  expect(own.files).toEqual([{ kind: 'policy', ...policy }]);
  const named = await readRequest(config(), 'www.example.com', { ...flags, policy: 'cautious' });
  expect(named.files).toEqual([]);
});

test('a policy that stands in the migration file is kept with that file alone', async () => {
  const migration = written('migration.yaml', `policy: { stages: [10, 100] }\n${hosts}`);
  const { files } = await readRequest(config(), undefined, { file: migration.path });
  expect(files).toEqual([{ kind: 'migration', ...migration }]);
});

test('where nothing was named, the file that stands here is, or the verb that writes one', async () => {
  const here = vi.spyOn(process, 'cwd').mockReturnValue(directory);
  const objection = async (): Promise<string> => {
    const error: unknown = await readRequest(config(), undefined, {}).catch((thrown: unknown) => thrown);
    if (!(error instanceof CommandFailure)) throw new Error('it was understood');
    return JSON.stringify(error.failure);
  };
  try {
    expect(await objection()).toContain('or name a migration file with -f; shiftctl init writes one');
    written('migration.yaml', hosts);
    expect(await objection()).toContain('or name the migration file that stands here: -f migration.yaml');
  } finally {
    here.mockRestore();
  }
});
