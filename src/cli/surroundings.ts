import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import type { SecretFile, Surroundings } from '../config.js';

/** A netrc file is a few lines; what is longer is cut. */
const maxBytes = 65_536;

/** Permission bits of everybody but the owner (inode(7)). */
const othersMay = 0o077;

/** The machine that this process runs on. */
export function processSurroundings(): Surroundings {
  return {
    workingDirectory: process.cwd(),
    homeDirectory: homeDirectory(),
    fileExists: existsSync,
    secretFile,
  };
}

/** A container may run under a number that no user has, without HOME; then there is none, and nothing is found in it. */
function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Looks at the file that it reads, not at one that took its place. Windows has no such permission bits. */
function secretFile(path: string): SecretFile | null {
  let file: number | null = null;
  try {
    // A named pipe must not hold up a rollback.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (!stat.isFile()) return null;
    const buffer = Buffer.alloc(Math.min(stat.size, maxBytes));
    const length = readSync(file, buffer, 0, buffer.length, 0);
    const isPrivate = process.platform === 'win32' || (stat.mode & othersMay) === 0;
    return { text: buffer.toString('utf8', 0, length), isPrivate };
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
