import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The built program's entry point, as it is installed. */
export const mainPath: string = join(root, 'dist', 'bin.cjs');

const lockFile = join(root, 'dist', '.building');
const longestBuildMs = 120_000;

let building: Promise<void> | undefined;

/** Makes `dist` as new as `src`; the first test file that asks builds, those beside it wait. Rejects with the compiler's words. */
export function ensureBuilt(): Promise<void> {
  building ??= buildWhenStale();
  return building;
}

async function buildWhenStale(): Promise<void> {
  const startedAt = Date.now();
  while (await isStale()) {
    if (await takeLock()) {
      try {
        await compile();
      } finally {
        await rm(lockFile, { force: true });
      }
      return;
    }
    if (Date.now() - startedAt > longestBuildMs)
      throw new Error(`another process builds for too long; remove ${lockFile}`);
    await sleep(250);
  }
}

async function isStale(): Promise<boolean> {
  if ((await holder()) !== undefined) return true;
  const built = await stat(mainPath).catch(() => undefined);
  if (built === undefined) return true;
  const changes = await Promise.all((await sources()).map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...changes) > built.mtimeMs;
}

/** What the build is made of, and what makes it. */
async function sources(): Promise<string[]> {
  const inFolder = async (folder: string): Promise<string[]> => {
    const paths = await readdir(join(root, folder), { recursive: true });
    return paths.filter((path) => /\.(ts|mjs)$/.test(path)).map((path) => join(root, folder, path));
  };
  return [...(await inFolder('src')), ...(await inFolder('scripts'))];
}

/** The process that builds now; a lock whose process is gone counts for nothing and is removed. */
async function holder(): Promise<number | undefined> {
  const pid = Number(await readFile(lockFile, 'utf8').catch(() => '0'));
  if (pid === 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    await rm(lockFile, { force: true });
    return undefined;
  }
}

async function takeLock(): Promise<boolean> {
  await mkdir(dirname(lockFile), { recursive: true });
  const lock = await open(lockFile, 'wx').catch(() => undefined);
  if (lock === undefined) return false;
  await lock.writeFile(String(process.pid));
  await lock.close();
  return true;
}

async function compile(): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = promisify(execFile);
  await run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { cwd: root }).catch(
    (error: unknown) => {
      throw new Error(`the product does not compile:\n${String((error as { stdout?: string }).stdout)}`);
    },
  );
  await run(process.execPath, [join(root, 'scripts', 'bundle.mjs')], { cwd: root });
}
