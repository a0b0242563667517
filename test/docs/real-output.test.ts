import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { typed, type Said } from '../cli/screen.js';
import { instantPolicy } from '../scenarios/policies.js';
import { misfits } from './published-schema.js';

let lab: Lab;
let directory = '';
let file = '';
let env: Record<string, string> = {};

beforeAll(async () => {
  lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1 });
  for (const { origin } of [lab.source, lab.target]) await origin.change({ baseErrorFraction: 0 });
  directory = await mkdtemp(join(tmpdir(), 'shift-output-'));
  file = join(directory, 'migration.yaml');
  const { host, source, target } = lab;
  await writeFile(join(directory, 'instant.yaml'), instantPolicy);
  const hosts = `hosts:\n  ${host}: { from: "${source.endpoint}", to: "${target.endpoint}" }\n`;
  await writeFile(file, `policy: ./instant.yaml\n${hosts}`);
  env = { ...lab.environment(), HOME: directory, SHIFT_STATE_DIR: join(directory, 'state') };
});

afterAll(async () => {
  await lab.close();
  await rm(directory, { recursive: true });
});

/** One document on standard output, and nothing else anywhere. */
async function printed(schema: string, ...args: string[]): Promise<Said> {
  const said = await typed([...args, '-o', 'json'], { env });
  const document: unknown = JSON.parse(said.out);
  expect(misfits(schema, document), args.join(' ')).toEqual([]);
  expect(said.out.trimEnd().split('\n')).toHaveLength(
    schema === 'iam' ? JSON.stringify(document, null, 2).split('\n').length : 1,
  );
  return said;
}

test('before the start every document fits its published schema', async () => {
  // A busy machine may fail a probe; then the check refuses, and the document is one all the same.
  for (const verb of ['plan', 'preflight'])
    expect([0, 3]).toContain((await printed(verb, verb, '-f', file)).code);
  for (const [schema, ...line] of [
    ['iam', 'iam', '-f', file],
    ['export', 'export', lab.host],
    ['runbook', 'runbook', '-f', file],
    ['policy-list', 'policy', 'list'],
    ['policy-show', 'policy', 'show', 'cautious'],
    ['policy-show', 'policy', 'show', join(directory, 'instant.yaml')],
    ['list', 'list'],
    ['tick', 'tick'],
  ] as const)
    expect(await printed(schema, ...line), line.join(' ')).toMatchObject({ code: 0 });
  expect(JSON.parse((await typed(['policy', 'schema', 'migration'], { env })).out)).toHaveProperty('$schema');
});

test('while a migration runs every document fits its published schema, and --quiet leaves the talk out', async () => {
  let begun = await typed(['start', '-f', file, '--yes', '--quiet'], { env });
  for (let tries = 0; begun.code === 3 && tries < 2; tries += 1)
    begun = await typed(['start', '-f', file, '--yes', '--quiet'], { env });
  expect(begun).toEqual({ code: 0, out: '', err: '' });
  expect(await typed(['tick', '--quiet'], { env })).toEqual({ code: 0, out: '', err: '' });
  for (const [schema, ...line] of [
    ['tick', 'tick'],
    ['tick', '--quiet', 'tick'],
    ['status', 'status'],
    ['status', 'status', '--resolvers'],
    ['list', 'list'],
    ['history', 'history', '--verify'],
    ['report', 'report'],
    ['runbook', 'runbook'],
    ['export', 'export'],
    ['zone-status', 'status', lab.host, '--no-state'],
  ] as const)
    expect(await printed(schema, ...line), line.join(' ')).toMatchObject({ code: 0, err: '' });
  expect((await typed(['status', '--quiet'], { env })).out).toContain(lab.host);
  expect(await typed(['pause', '--quiet', '--reason', 'a look'], { env })).toEqual({
    code: 0,
    out: '',
    err: '',
  });
  const refused = await typed(['approve', '--quiet', '--stage', '99'], { env });
  expect(refused).toMatchObject({ code: 6, out: '' });
  expect(refused.err).toContain('shiftctl: ');
});
