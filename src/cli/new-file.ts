import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { invalidArgument } from './command-failure.js';

/**
 * Puts a whole file in place at once: written beside, flushed, then linked or renamed, so that nobody ever finds half of it and what
 * stood there before a failure still stands there. Without `replaces` a file that is there already is refused, also one that
 * appeared meanwhile. Readable by the owner alone: a report names hosts, errors and people.
 *
 * @throws CommandFailure that names the flag when the file is there, or cannot be written
 */
export async function writeNewFile(path: string, text: string, replaces: boolean): Promise<void> {
  const target = resolve(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link is refused where something stands already.
    if (replaces) await rename(temporary, target);
    else await link(temporary, target);
  } catch (error) {
    throw refusal(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function refusal(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return invalidArgument('--out', `${path} is there already; --force replaces it`);
  return invalidArgument('--out', `${path} could not be written: ${message}`);
}
