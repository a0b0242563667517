import type { Counts } from '../gate/metrics/bucket.js';
import { err, ok, type Result } from '../result.js';

/** More is not read: a month of minutes. */
export const maxFileBuckets: number = 44_640;

const advice =
  'write CSV with the columns requests and errors, or JSON [{"requests": 600, "errors": 1}, ...]';

/**
 * The past of a side as a person can write it, one bucket a row, oldest first: CSV with a header that names the columns `requests` and
 * `errors` (others are not looked at), or a JSON array of objects with these keys. An empty cell and `null` are unknown.
 * The error names the row and what to write.
 */
export function parseHistoryFile(text: string): Result<readonly (Counts | null)[], string> {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const rows = trimmed.startsWith('[') ? jsonRows(trimmed) : csvRows(trimmed);
  if (!rows.ok) return rows;
  if (rows.value.length > maxFileBuckets) return err(`has more than ${maxFileBuckets} buckets`);
  const past: (Counts | null)[] = [];
  for (const [index, { requests, errors }] of rows.value.entries()) {
    const [n, e] = [numberOf(requests), numberOf(errors)];
    if (n === undefined || e === undefined)
      return err(`row ${index + 1} is not two numbers of at least 0; ${advice}`);
    if (n !== null && e !== null && e > n) return err(`row ${index + 1} has more errors than requests`);
    past.push(n === null || e === null ? null : { n, e });
  }
  return ok(past);
}

interface Row {
  readonly requests: unknown;
  readonly errors: unknown;
}

function jsonRows(text: string): Result<readonly Row[], string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(`is no JSON; ${advice}`);
  }
  if (!Array.isArray(value)) return err(`is no JSON array; ${advice}`);
  return ok(
    value.map((row: unknown): Row => {
      if (row === null) return { requests: null, errors: null };
      const fields = typeof row === 'object' ? (row as Readonly<Record<string, unknown>>) : {};
      return { requests: fields['requests'], errors: fields['errors'] };
    }),
  );
}

function csvRows(text: string): Result<readonly Row[], string> {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const cells = (line: string): string[] =>
    line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  const names = cells(header.toLowerCase());
  const [requests, errors] = [names.indexOf('requests'), names.indexOf('errors')];
  if (requests < 0 || errors < 0) return err(`has no header with requests and errors; ${advice}`);
  return ok(
    lines.map((line): Row => {
      const row = cells(line);
      return { requests: row[requests], errors: row[errors] };
    }),
  );
}

/** Null is unknown, undefined is no number. */
function numberOf(value: unknown): number | null | undefined {
  if (value === null || value === '') return null;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}
