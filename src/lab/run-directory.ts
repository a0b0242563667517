import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { claimHolder, claimSubnet } from './claim.js';
import { quote } from './environment.js';
import { settingsOf, type LabSettings, type Subnet } from './settings.js';

/** The directory of one lab: `shift-lab-<uid>/<subnet>` below the system's temporary directory, for its user only. */
export interface RunDirectory {
  readonly path: string;
  readonly caFile: string;
  readonly stateDirectory: string;
  readonly commandsDirectory: string;
}

/** What `lab.json` says of a running lab. */
export interface RunningLab {
  /** The id of the lab's claim; a file whose lab is gone carries one that nobody answers with. */
  readonly id: string;
  readonly pid: number;
  readonly startedAtMs: number;
  readonly subnet: Subnet;
  readonly commandsDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes the lab's directory, empty but for the certificate authority. What an earlier lab left there is removed. */
export async function createRunDirectory(settings: LabSettings, caPem: string): Promise<RunDirectory> {
  await createPrivateDirectory(runRoot());
  const directory = runDirectoryOf(settings.subnet);
  await rm(directory.path, { recursive: true, force: true });
  await createPrivateDirectory(directory.path);
  await createPrivateDirectory(directory.stateDirectory);
  await createPrivateDirectory(directory.commandsDirectory);
  await writeFile(directory.caFile, caPem, { mode: 0o600 });
  return directory;
}

/** Removes the lab's directory with everything in it. */
export async function removeRunDirectory(directory: RunDirectory): Promise<void> {
  await rm(directory.path, { recursive: true, force: true });
}

export interface RunFileOptions {
  readonly lab: {
    readonly id: string;
    readonly settings: LabSettings;
    readonly directory: RunDirectory;
    environment(): Record<string, string>;
  };
  /** Absolute path of the program's main file; the two commands run it with this process's Node. */
  readonly mainPath: string;
  readonly startedAtMs?: number;
}

/** Lets other terminals find the lab: writes both commands and, last and at once, `lab.json`. */
export async function writeRunFile({ lab, mainPath, startedAtMs }: RunFileOptions): Promise<RunningLab> {
  const { directory, settings } = lab;
  const wrapper = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(mainPath)} "$@"\n`;
  for (const command of ['shift', 'shiftctl']) {
    const path = join(directory.commandsDirectory, command);
    await writeFile(path, wrapper, { mode: 0o700 });
  }
  const running: RunningLab = {
    id: lab.id,
    pid: process.pid,
    startedAtMs: startedAtMs ?? Date.now(),
    subnet: settings.subnet,
    commandsDirectory: directory.commandsDirectory,
    environment: lab.environment(),
  };
  const path = runFileOf(settings.subnet);
  await writeFile(`${path}.new`, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return running;
}

/**
 * The running lab of this user: that of the given subnet, else the one that started last; undefined when there is none.
 * Directories of labs that are gone are removed on the way.
 */
export async function findRunningLab(subnet?: Subnet): Promise<RunningLab | undefined> {
  const subnets = subnet === undefined ? await subnetsWithDirectory() : [subnet];
  const found: RunningLab[] = [];
  for (const each of subnets) {
    const running = await readRunFile(each);
    const holder = await claimHolder(settingsOf(each)).catch(() => 'unknown');
    if (holder === undefined) await removeStale(each);
    else if (running?.id === holder) found.push(running);
  }
  return found.sort((left, right) => right.startedAtMs - left.startedAtMs)[0];
}

/** Takes the claim while it removes the directory, so that a lab that is just starting there keeps its own. */
async function removeStale(subnet: Subnet): Promise<void> {
  const claim = await claimSubnet(subnet).catch(() => undefined);
  if (claim === undefined) return;
  await rm(runDirectoryOf(subnet).path, { recursive: true, force: true });
  await claim.release();
}

async function subnetsWithDirectory(): Promise<readonly Subnet[]> {
  const names = await readdir(runRoot()).catch(() => []);
  return names.filter((name) => /^127\.\d{1,3}\.\d{1,3}$/.test(name));
}

async function readRunFile(subnet: Subnet): Promise<RunningLab | undefined> {
  try {
    // Written by `writeRunFile` of this user alone; the directory lets nobody else in.
    return JSON.parse(await readFile(runFileOf(subnet), 'utf8')) as RunningLab;
  } catch {
    return undefined;
  }
}

/** In a directory that everybody may write to, a directory of this name could be somebody else's. */
async function createPrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid } = userInfo();
  const stats = await lstat(path);
  if (!stats.isDirectory() || (uid !== -1 && stats.uid !== uid)) {
    throw new Error(
      `${path} is not a directory of yours: remove it, or set TMPDIR to a directory of your own.`,
    );
  }
  await chmod(path, 0o700);
}

function runRoot(): string {
  return join(tmpdir(), `shift-lab-${userInfo().uid}`);
}

function runFileOf(subnet: Subnet): string {
  return join(runDirectoryOf(subnet).path, 'lab.json');
}

function runDirectoryOf(subnet: Subnet): RunDirectory {
  const path = join(runRoot(), subnet);
  return {
    path,
    caFile: join(path, 'ca.pem'),
    stateDirectory: join(path, 'state'),
    commandsDirectory: join(path, 'bin'),
  };
}
