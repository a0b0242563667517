import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assert } from '../../core/result.js';
import type { BreakGlass } from '../../engine/ports.js';
import { toAwsJson } from './aws-json.js';
import { instructions } from './instructions.js';

/**
 * Keeps `drain.json`, `collapse.json` and `README.txt` in `<directory>/break-glass/<migrationId>/`: what an operator needs to
 * put everything back with the AWS CLI alone.
 *
 * Each file is replaced whole: whenever the machine stops, the old or the new one is there. Rejects with the file system's
 * error, which names the file.
 *
 * @param directory the state directory; created when it does not exist, readable by the owner alone
 */
export function createBreakGlass({ directory }: { directory: string }): BreakGlass {
  return {
    async write({ migrationId, zoneId, drain, collapse }) {
      assert(/^[a-z0-9-]+$/i.test(migrationId), 'a migration id can be the name of a folder');
      const folder = resolve(directory, 'break-glass', migrationId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(folder, 'drain.json', asText(toAwsJson(drain)));
      await replaceFile(folder, 'collapse.json', asText(toAwsJson(collapse)));
      await replaceFile(folder, 'README.txt', instructions(folder, zoneId));
      await flush(folder);
    },
  };
}

function asText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Written beside and renamed over, so that nobody ever reads half a file. */
async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A rename is durable only once its folder is (Linux manual, `fsync(2)`). */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
