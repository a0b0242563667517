import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Problem } from '../../core/failure.js';
import type { PlanFile, PlanFileReading } from '../../core/plan-file.js';
import { safeText } from '../../core/safe-text.js';
import type { PlanFileReader } from '../../engine/plan-file-feed.js';

/** The largest file that is read; the parsers have stricter limits of their own. */
const maxBytes = 1_048_576;
const maxTrouble = 200;

/** Reads the files that plans were made from. */
export function createPlanFiles(): PlanFileReader {
  return { read: readPlanFile };
}

/** The hash by which the text of a file is known again. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readPlanFile(file: PlanFile): Promise<PlanFileReading> {
  const { path } = file;
  try {
    const { size, isFile } = await look(path);
    // Reading a pipe or a device would wait for ever, or for as long as somebody writes.
    if (!isFile) return unreadable(path, 'it is no ordinary file');
    if (size > maxBytes)
      return { path, is: 'invalid', sha256: null, trouble: `larger than ${maxBytes} bytes` };
    const text = await readFile(path, 'utf8');
    const sha256 = textHash(text);
    if (sha256 === file.sha256) return { path, is: 'as-planned', sha256, trouble: null };
    const trouble = await firstProblem(file, text);
    return { path, is: trouble === null ? 'edited' : 'invalid', sha256, trouble };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path, is: 'missing', sha256: null, trouble: null };
    return unreadable(path, code);
  }
}

async function look(path: string): Promise<{ size: number; isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}

function unreadable(path: string, trouble: string): PlanFileReading {
  return { path, is: 'unreadable', sha256: null, trouble };
}

/** The parsers are loaded only once a file has changed. */
async function firstProblem({ kind, path }: PlanFile, text: string): Promise<string | null> {
  const problems = kind === 'policy' ? await policyProblems(text, path) : await migrationProblems(text, path);
  const [first] = problems;
  if (first === undefined) return null;
  const at = first.location === null ? '' : `line ${first.location.line}, `;
  return safeText(`${at}${first.where}: ${first.message}`, maxTrouble);
}

async function policyProblems(text: string, path: string): Promise<readonly Problem[]> {
  const { parsePolicy } = await import('../../core/policy/parse-policy.js');
  const parsed = parsePolicy(text, path);
  return parsed.ok ? [] : parsed.error;
}

async function migrationProblems(text: string, path: string): Promise<readonly Problem[]> {
  const { parseMigrationFile } = await import('../../core/policy/migration-file.js');
  const parsed = parseMigrationFile(text, path);
  return parsed.ok ? [] : parsed.error;
}
