import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toAwsJson } from '../../../src/adapters/break-glass/aws-json.js';
import { createBreakGlass } from '../../../src/adapters/break-glass/files.js';
import { collapse, drain } from './batches.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shift-break-glass-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const files = { migrationId: 'k3m9', zoneId: 'Z0123456789', drain, collapse };

test('each file holds its batch as the AWS CLI takes it', async () => {
  await createBreakGlass({ directory }).write(files);
  expect(await parsed('drain.json')).toEqual(toAwsJson(drain));
  expect(await parsed('collapse.json')).toEqual(toAwsJson(collapse));
});

test('the instructions name both files by absolute paths a shell takes, drain first', async () => {
  await createBreakGlass({ directory: relative(process.cwd(), directory) }).write(files);
  const text = await readFile(join(directory, 'break-glass', 'k3m9', 'README.txt'), 'utf8');
  const line = (file: string): string =>
    'AWS_MAX_ATTEMPTS=1 aws --region us-east-1 route53 change-resource-record-sets --hosted-zone-id Z0123456789 ' +
    `--change-batch file://${directory}/break-glass/k3m9/${file}`;
  expect(
    text
      .split('\n')
      .filter((candidate) => candidate.includes('change-batch'))
      .map((found) => found.trim()),
  ).toEqual([line('drain.json'), line('collapse.json')]);
});

test('only the owner can read the files, and writing again replaces them and leaves nothing else', async () => {
  const breakGlass = createBreakGlass({ directory: join(directory, 'new', 'state') });
  await breakGlass.write(files);
  await breakGlass.write({ ...files, drain: { ...drain, comment: 'second' } });
  const folder = join(directory, 'new', 'state', 'break-glass', 'k3m9');
  expect((await readdir(folder)).sort()).toEqual(['README.txt', 'collapse.json', 'drain.json']);
  expect(JSON.parse(await readFile(join(folder, 'drain.json'), 'utf8'))).toMatchObject({ Comment: 'second' });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

test('a reader never sees half a file while another process writes', async () => {
  const breakGlass = createBreakGlass({ directory });
  await breakGlass.write(files);
  const state = { writing: true };
  const writers = [1, 2].map(async () => {
    for (let round = 0; round < 30; round += 1) await breakGlass.write(files);
    state.writing = false;
  });
  let reads = 0;
  for (; state.writing; reads += 1) expect((await parsed('drain.json')).Changes).toHaveLength(2);
  await Promise.all(writers);
  expect(reads).toBeGreaterThan(0);
});

test('when the folder cannot be written the error names it and no half file is left', async () => {
  const breakGlass = createBreakGlass({ directory });
  const folder = join(directory, 'break-glass', 'k3m9');
  await mkdir(join(folder, 'drain.json'), { recursive: true });
  await expect(breakGlass.write(files)).rejects.toThrow(/drain\.json/);
  expect(await readdir(folder)).toEqual(['drain.json']);
});

test('an id that would leave the folder is refused', async () => {
  const write = createBreakGlass({ directory }).write({ ...files, migrationId: '../etc' });
  await expect(write).rejects.toThrow('migration id');
});

async function parsed(file: string): Promise<{ Comment: string; Changes: unknown[] }> {
  const text = await readFile(join(directory, 'break-glass', 'k3m9', file), 'utf8');
  return JSON.parse(text) as { Comment: string; Changes: unknown[] };
}
