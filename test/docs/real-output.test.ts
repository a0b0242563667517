import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLabAndFile, type LabAndFile } from '../cli/lab-and-file.js';
import { typed, type Said } from '../cli/screen.js';
import { misfits } from './published-schema.js';

let place: LabAndFile;
beforeAll(async () => {
  place = await startLabAndFile('shift-output-');
});
afterAll(() => place[Symbol.asyncDispose]());

/** One document on standard output, and nothing else anywhere. */
async function printed(schema: string, ...args: string[]): Promise<Said> {
  const said = await typed([...args, '-o', 'json'], { env: place.env });
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
    expect([0, 3]).toContain((await printed(verb, verb, '-f', place.file)).code);
  for (const [schema, ...line] of [
    ['iam', 'iam', '-f', place.file],
    ['export', 'export', place.lab.host],
    ['runbook', 'runbook', '-f', place.file],
    ['policy-list', 'policy', 'list'],
    ['policy-show', 'policy', 'show', 'cautious'],
    ['policy-show', 'policy', 'show', join(place.directory, 'instant.yaml')],
    ['list', 'list'],
    ['tick', 'tick'],
  ] as const)
    expect(await printed(schema, ...line), line.join(' ')).toMatchObject({ code: 0 });
  expect(JSON.parse((await typed(['policy', 'schema', 'migration'], { env: place.env })).out)).toHaveProperty(
    '$schema',
  );
});

test('while a migration runs every document fits its published schema, and --quiet leaves the talk out', async () => {
  let begun = await typed(['start', '-f', place.file, '--yes', '--quiet'], { env: place.env });
  for (let tries = 0; begun.code === 3 && tries < 2; tries += 1)
    begun = await typed(['start', '-f', place.file, '--yes', '--quiet'], { env: place.env });
  expect(begun).toEqual({ code: 0, out: '', err: '' });
  expect(await typed(['tick', '--quiet'], { env: place.env })).toEqual({ code: 0, out: '', err: '' });
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
    ['zone-status', 'status', place.lab.host, '--no-state'],
  ] as const)
    expect(await printed(schema, ...line), line.join(' ')).toMatchObject({ code: 0, err: '' });
  expect((await typed(['status', '--quiet'], { env: place.env })).out).toContain(place.lab.host);
  expect(await typed(['pause', '--quiet', '--reason', 'a look'], { env: place.env })).toEqual({
    code: 0,
    out: '',
    err: '',
  });
  const refused = await typed(['approve', '--quiet', '--stage', '99'], { env: place.env });
  expect(refused).toMatchObject({ code: 6, out: '' });
  expect(refused.err).toContain('shiftctl: ');
});
