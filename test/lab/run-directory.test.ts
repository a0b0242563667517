import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimSubnet, type SubnetClaim } from '../../src/lab/claim.js';
import { labEnvironment } from '../../src/lab/environment.js';
import {
  createRunDirectory,
  findRunningLab,
  removeRunDirectory,
  writeRunFile,
  type RunDirectory,
} from '../../src/lab/run-directory.js';

const before = process.env['TMPDIR'];
let temporary: string;
let mainPath: string;
const claims: SubnetClaim[] = [];

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "shift lab's "));
  mainPath = join(temporary, "ma'in.mjs");
  await writeFile(mainPath, 'console.log(JSON.stringify(process.argv.slice(2)))');
  process.env['TMPDIR'] = temporary;
});

afterEach(async () => {
  for (const claim of claims.splice(0)) await claim.release();
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(temporary, { recursive: true });
});

async function startFake(startedAtMs: number): Promise<{ claim: SubnetClaim; directory: RunDirectory }> {
  const claim = await claimSubnet();
  claims.push(claim);
  const { settings, id } = claim;
  const directory = await createRunDirectory(settings, 'PEM');
  const environment = () => labEnvironment({ settings, ...directory });
  await writeRunFile({ lab: { id, settings, directory, environment }, mainPath, startedAtMs });
  return { claim, directory };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

test('a second terminal finds the running lab, with its environment and both commands', async () => {
  const { claim, directory } = await startFake(1);
  const found = await findRunningLab();
  expect(found).toMatchObject({ id: claim.id, pid: process.pid, subnet: claim.settings.subnet });
  expect(found?.environment['SHIFT_CA_FILE']).toBe(directory.caFile);
  expect(await readFile(directory.caFile, 'utf8')).toBe('PEM');
  for (const command of ['shift', 'shiftctl']) {
    const path = join(found?.commandsDirectory ?? '', command);
    expect(execFileSync(path, ['start', "it's", ''], { encoding: 'utf8' })).toBe('["start","it\'s",""]\n');
  }
});

test('nobody else can read any of it', async () => {
  const { directory } = await startFake(1);
  for (const path of [
    join(directory.path, '..'),
    directory.path,
    directory.stateDirectory,
    directory.commandsDirectory,
  ]) {
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  }
  expect((await stat(join(directory.path, 'lab.json'))).mode & 0o777).toBe(0o600);
});

test('of several labs it is the last one, or the one that is asked for', async () => {
  const older = await startFake(1_000);
  const newer = await startFake(2_000);
  expect((await findRunningLab())?.id).toBe(newer.claim.id);
  expect((await findRunningLab(older.claim.settings.subnet))?.id).toBe(older.claim.id);
});

test('the directory of a lab that is gone is ignored and removed', async () => {
  const { claim, directory } = await startFake(1);
  await claim.release();
  expect(await findRunningLab()).toBeUndefined();
  expect(await exists(directory.path)).toBe(false);
});

test('a lab that has the subnet but has not written its file yet is not found and keeps its directory', async () => {
  const { claim, directory } = await startFake(1);
  await claim.release();
  claims.push(await claimSubnet(claim.settings.subnet));
  expect(await findRunningLab()).toBeUndefined();
  expect(await exists(directory.path)).toBe(true);
});

test('a lab that ends takes its directory along', async () => {
  const { directory } = await startFake(1);
  await removeRunDirectory(directory);
  expect(await exists(directory.path)).toBe(false);
  expect(await findRunningLab()).toBeUndefined();
});

test('a link that somebody put in its place is refused', async () => {
  const elsewhere = join(temporary, 'elsewhere');
  await mkdir(elsewhere);
  await symlink(elsewhere, join(temporary, `shift-lab-${userInfo().uid}`));
  await expect(startFake(1)).rejects.toThrow('is not a directory of yours');
});
