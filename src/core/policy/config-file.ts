import { z } from 'zod';
import type { Location, Problem } from '../failure.js';
import { inReadingOrder } from './problem-list.js';
import { checkSchema, locateFinding } from './schema-check.js';
import { formatPath, quoted } from './yaml-path.js';
import { readYaml, type YamlDocument } from './yaml-document.js';

/** What a person who types the same every day may write down once. A key is the default of a flag or of a variable, and never a secret. */
export interface ConfigText {
  readonly stateDir?: string;
  readonly policy?: string;
  readonly policiesDir?: string;
  readonly operator?: string;
  readonly output?: 'text' | 'json';
  readonly color?: 'auto' | 'always' | 'never';
  readonly awsProfile?: string;
  readonly awsRegion?: string;
  readonly resolver?: string;
  readonly caFile?: string;
}

export type ConfigKey = keyof ConfigText;

/** One key of a config file. */
export interface ConfigEntry {
  readonly key: ConfigKey;
  readonly value: string;
  readonly location: Location;
}

/** Keys that are right are used, whatever is wrong with the others: where the state lies must not be lost to a slip elsewhere. */
export interface ConfigReading {
  readonly entries: readonly ConfigEntry[];
  readonly problems: readonly Problem[];
}

const longest = 1_000;

const text = z
  .string()
  .refine((value) => value.trim() !== '', { error: 'is empty; leave the key out' })
  .max(longest, { error: `is longer than ${longest} characters` });

const schema: z.ZodType<ConfigText> = z.strictObject({
  stateDir: text.exactOptional(),
  policy: text.exactOptional(),
  policiesDir: text.exactOptional(),
  operator: text.exactOptional(),
  output: z.enum(['text', 'json'], { error: noneOf('text or json') }).exactOptional(),
  color: z.enum(['auto', 'always', 'never'], { error: noneOf('auto, always or never') }).exactOptional(),
  awsProfile: text.exactOptional(),
  awsRegion: text.exactOptional(),
  resolver: text.exactOptional(),
  caFile: text.exactOptional(),
});

/** Reads a config file, or finds everything that is wrong with it at once. An empty one says nothing. */
export function parseConfigFile(content: string, file: string): ConfigReading {
  const { document, problems } = readYaml(content, file);
  if (document === null) return { entries: [], problems: inReadingOrder(problems) };
  const { root } = document;
  if (root === null) return { entries: [], problems: inReadingOrder(problems) };
  if (typeof root !== 'object' || Array.isArray(root)) {
    const message = 'a config file holds keys, for example: awsProfile: dns-admin';
    return { entries: [], problems: [{ location: document.locate([]), where: formatPath([]), message }] };
  }
  const found = Object.entries(root).map(([key, value]) => readKey(document, key, value));
  return {
    entries: found.flatMap(({ entries }) => entries),
    problems: inReadingOrder([...problems, ...found.flatMap((one) => one.problems)]),
  };
}

/** Alone, so that a wrong neighbour does not take it along. */
function readKey(document: YamlDocument, key: string, value: unknown): ConfigReading {
  const checked = checkSchema(schema, { [key]: value });
  if (!checked.ok) {
    const problems = checked.findings.map((finding) => locateFinding(finding, document, []));
    return { entries: [], problems };
  }
  const location = document.locate([key]);
  const entries = Object.entries(checked.value).map(([known, read]) => ({
    key: known as ConfigKey,
    value: String(read),
    location,
  }));
  return { entries, problems: [] };
}

function noneOf(words: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `${quoted(String(input))} is not known; write ${words}`;
}
