import { z } from 'zod';
import type { Problem } from '../failure.js';
import { didYouMean } from './near-miss.js';
import type { YamlDocument } from './yaml-document.js';
import { formatPath, quoted, type YamlPath } from './yaml-path.js';

/** What a schema says about one value of a file. */
export interface SchemaFinding {
  /** From the value that was checked, not from the root of the file. */
  readonly path: YamlPath;
  /** Whether the key is wrong or its value. */
  readonly part: 'key' | 'value';
  readonly message: string;
}

export type SchemaCheck<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly SchemaFinding[] };

/** Checks a plain value and explains everything that is wrong with it, an unknown key at a time. */
export function checkSchema<T>(schema: z.ZodType<T>, value: unknown): SchemaCheck<T> {
  const parsed = schema.safeParse(value, { error: explain });
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, findings: parsed.error.issues.flatMap((issue) => findings(schema, issue, [])) };
}

/** A finding with its place in the file; `base` is the path of the value that was checked. */
export function locateFinding(finding: SchemaFinding, document: YamlDocument, base: YamlPath): Problem {
  const path = [...base, ...finding.path];
  const location = finding.part === 'key' ? document.locateKey(path) : document.locate(path);
  return { location, where: formatPath(path), message: finding.message };
}

function findings(schema: z.ZodType, issue: z.core.$ZodIssue, base: YamlPath): SchemaFinding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], part: 'key', message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    return [{ path, part: 'key', message }];
  }
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((branch) => !branch.some(isWrongKind));
    if (meant !== undefined) return meant.flatMap((inner) => findings(schema, inner, path));
  }
  return [{ path, part: 'value', message: issue.message }];
}

/** A branch of a union that refuses the very kind of the value is not the one that was meant. */
function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = didYouMean(key, known);
  const advice = suggestion === '' ? `; known here: ${known.join(', ')}` : suggestion;
  return `the key ${quoted(key)} is unknown${advice}`;
}

/** The keys of the mapping that a schema describes at a path. */
function knownKeys(schema: z.core.$ZodType, path: YamlPath): readonly string[] {
  if (schema instanceof z.ZodObject) {
    const [first, ...rest] = path;
    if (first === undefined) return Object.keys(schema.shape);
    const child: unknown = schema.shape[String(first)];
    return child instanceof z.ZodType ? knownKeys(child, rest) : [];
  }
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable
  )
    return knownKeys(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return knownKeys(schema.in, path);
  if (schema instanceof z.ZodArray) return knownKeys(schema.element, path.slice(1));
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, path.slice(1));
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => knownKeys(option, path));
  return [];
}

/** The sentence for everything a schema does not word itself. */
function explain(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(kinds[issue.expected] ?? issue.expected, issue.input);
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const typed = typeof issue.input === 'string' ? quoted(issue.input) : kindOf(issue.input);
      const suggestion = typeof issue.input === 'string' ? didYouMean(issue.input, choices) : '';
      return `${typed} is not one of ${choices.join(', ')}${suggestion}`;
    }
    case 'too_small':
      return limit(`at least ${issue.minimum}`, issue.input);
    case 'too_big':
      return limit(`at most ${issue.maximum}`, issue.input);
    case 'invalid_union':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return `${kindOf(issue.input)} is not accepted here`;
  }
}

/** `expected a list, not the number 5`; an empty or a missing value is named as such. */
export function wrongKind(expected: string, input: unknown): string {
  if (input === undefined) return `is missing; expected ${expected}`;
  if (input === null) return `has no value; expected ${expected}`;
  return `expected ${expected}, not ${kindOf(input)}`;
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function kindOf(input: unknown): string {
  if (typeof input === 'string') return `the text ${quoted(input)}`;
  if (typeof input === 'number') return `the number ${input}`;
  if (typeof input === 'boolean') return `the word ${String(input)}`;
  if (input === null || input === undefined) return 'an empty value';
  return Array.isArray(input) ? 'a list' : 'a mapping';
}

function limit(bound: string, input: unknown): string {
  if (typeof input === 'string') return `must have ${bound} characters, not ${input.length}`;
  if (Array.isArray(input)) return `must have ${bound} entries, not ${input.length}`;
  return `must be ${bound}, not ${String(input)}`;
}
