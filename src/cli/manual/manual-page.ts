import { fold } from '../render/width.js';

/** What `--help` says of a verb beside its options. */
export interface ManualPage {
  /** True when what it prints is what it was asked for; false when the deed is, and what it prints is talk about it. */
  readonly isReading: boolean;
  /** True when it prints a document that goes into a file or a shell, whose lines must not be broken for a terminal. */
  readonly isDocument?: true;
  /** What it does, and when one types it. */
  readonly about: string;
  /** What it writes and where, and what it leaves alone. */
  readonly writes: string;
  /** A line to type, and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Every exit code that can come. */
  readonly exits: readonly number[];
  /** The files and variables that matter to it. */
  readonly uses: readonly Use[];
  /** Verbs that one may look for here. */
  readonly see: readonly string[];
}

/** A group of files and variables. */
export type Use = 'journal' | 'aws' | 'heroku' | 'policies' | 'operator' | 'secrets' | 'temporary';

/** The width that fits every terminal; text that follows the window's width cannot be quoted in a ticket. */
const columns = 80;
const indent = '  ';
/** More lines than any paragraph has. */
const maxLines = 30;

const meanings: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'internal error: a bug, or the state directory cannot be used',
  2: 'invalid input',
  3: 'a check refused, or the credentials may not do it',
  4: 'rolled back',
  5: 'waits for a person',
  6: 'conflict: drift, or another controller holds the zone',
  7: 'a provider is unavailable',
  8: 'interrupted; the same line again goes on',
};

const useTexts: Readonly<Record<Use, string>> = {
  journal:
    'SHIFT_STATE_DIR, or --state-dir: the directory of the journal, shift.db, and of the break-glass files',
  aws: 'AWS_PROFILE, AWS_ACCESS_KEY_ID, ~/.aws and what else the AWS SDK reads: the credentials',
  heroku: 'HEROKU_API_KEY, or ~/.netrc as heroku login leaves it: the Heroku token',
  policies: 'SHIFT_POLICY, SHIFT_POLICIES_DIR: the usual policy, and the folder of your own ones',
  operator: 'SHIFT_OPERATOR: who is recorded, in place of your user name',
  secrets:
    'the variables that a policy names (urlFrom and its likes): the secrets of notifications and hooks',
  temporary:
    'TMPDIR: the temporary directory, in which shift-lab-<your user number> holds what the lab writes; lab env finds a lab only below the same one',
};

const configText =
  '~/.config/shift/config.yaml, or SHIFT_CONFIG: defaults for these, if you like (docs/configuration.md)';

/** The text that follows the options, at most 80 columns wide. */
export function manualText({ about, writes, examples, exits, uses, see }: ManualPage): string {
  const shown = examples.flatMap(([line, purpose]) => [
    ...paragraph(`# ${purpose}`, '# '),
    `${indent}${line}`,
  ]);
  return [
    '',
    ...fold(about, columns, maxLines),
    '',
    ...fold(writes, columns, maxLines),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...shown,
    '',
    'Exit codes:',
    ...exits.map((code) => `${indent}${code}  ${meanings[code] ?? ''}`),
    '',
    'Files and environment:',
    ...(uses.length === 0
      ? [`${indent}none of them matter`]
      : usesTexts(uses).flatMap((text) => paragraph(text, indent))),
    '',
    ...fold(`See also: ${see.map((words) => `shiftctl ${words}`).join(', ')}`, columns, maxLines),
  ].join('\n');
}

function usesTexts(uses: readonly Use[]): string[] {
  const texts = uses.map((use) => useTexts[use]);
  // No setting of the config file moves the temporary directory.
  return uses.every((use) => use === 'temporary') ? texts : [...texts, configText];
}

/** All exit codes, for the help of the program itself. */
export function exitCodeText(): string {
  const lines = Object.entries(meanings).map(([code, meaning]) => `${indent}${code}  ${meaning}`);
  const note = '4 to 6 are told by start --watch and demo, and by tick and status with --exit-code.';
  const more =
    'shiftctl help <verb> has examples. What flags, variables and the config file can set: docs/configuration.md.';
  return [
    '',
    'Exit codes:',
    ...lines,
    ...fold(note, columns, maxLines),
    '',
    ...fold(more, columns, maxLines),
  ].join('\n');
}

function paragraph(text: string, hanging: string): string[] {
  return fold(text, columns - indent.length - hanging.length, maxLines).map(
    (line, index) => `${indent}${index === 0 ? '' : hanging}${line}`,
  );
}
