import type { Argument, Command, Option } from 'commander';

/** A word that could stand where the cursor is, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** What only the machine knows; asked for only where it fits. */
export interface CompletionSources {
  /** Hosts of migrations that are live and ids of all, newest first. */
  readonly migrations: (stateDirectory: string | null) => Promise<readonly Candidate[]>;
  readonly policies: () => readonly string[];
  /** Shares of the stages of a migration, by host or id, or of the live ones. */
  readonly stages: (stateDirectory: string | null, host: string | null) => Promise<readonly Candidate[]>;
  readonly scenarios: () => Promise<readonly Candidate[]>;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** True where the name of a file fits as well. */
  readonly hasFiles: boolean;
}

const nothing: Completion = { candidates: [], hasFiles: false };

/**
 * What fits at the last of the words, from the table of verbs itself: a verb, an option, the value of an option, or an argument.
 *
 * @param words what follows the program's name up to the cursor; the last one may be empty or unfinished
 */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: CompletionSources,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  const whole = await at(place, current, sources);
  const candidates = whole.candidates.filter(({ word }) => word.startsWith(current));
  return { candidates, hasFiles: whole.hasFiles };
}

/** Where the cursor is: behind an option that wants a value, or behind so many arguments of a verb. */
interface Place {
  readonly command: Command;
  readonly option: Option | null;
  readonly argumentCount: number;
  readonly firstArgument: string | null;
  readonly stateDirectory: string | null;
  readonly isAfterDashes: boolean;
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | null = null;
  let argumentCount = 0;
  let firstArgument: string | null = null;
  let stateDirectory: string | null = null;
  let isAfterDashes = false;
  for (const word of words) {
    if (option !== null && !(option.optional && word.startsWith('-'))) {
      if (option.long === '--state-dir') stateDirectory = word;
      option = null;
    } else if (word === '--') isAfterDashes = true;
    else if (!isAfterDashes && word.startsWith('-')) {
      const found = optionsOf(command).find(({ long, short }) => word === long || word === short);
      option = found?.required === true || found?.optional === true ? found : null;
      if (word.startsWith('--state-dir=')) stateDirectory = word.slice('--state-dir='.length);
    } else {
      const verb = command.commands.find((one) => one.name() === word);
      if (verb !== undefined && argumentCount === 0) command = verb;
      else argumentCount += 1;
      if (argumentCount === 1) firstArgument ??= word;
    }
  }
  return { command, option, argumentCount, firstArgument, stateDirectory, isAfterDashes };
}

async function at(place: Place, current: string, sources: CompletionSources): Promise<Completion> {
  const { command, option, argumentCount, isAfterDashes } = place;
  const isOption = current.startsWith('-') && !isAfterDashes;
  if (option !== null && !(option.optional && isOption)) return valueOf(option, place, sources);
  if (isOption) return { candidates: optionWords(command), hasFiles: false };
  const verbs = command.commands.filter((verb) => !verb.name().startsWith('_') && argumentCount === 0);
  if (verbs.length > 0) {
    const candidates = verbs.map((verb) => ({ word: verb.name(), meaning: verb.description() }));
    return { candidates, hasFiles: false };
  }
  const argument = command.registeredArguments[argumentCount];
  return argument === undefined ? nothing : await argumentOf(argument, place, sources);
}

function optionsOf(command: Command): readonly Option[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  return command.parent === null ? own : [...own, ...optionsOf(command.parent)];
}

function optionWords(command: Command): Candidate[] {
  const words = optionsOf(command).map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    meaning: description,
  }));
  return [...words, { word: '--help', meaning: 'what it does, with examples' }];
}

/** Choices where the table has them; otherwise the name of its value says what fits. */
async function valueOf(
  { argChoices, flags, long }: Option,
  place: Place,
  sources: CompletionSources,
): Promise<Completion> {
  if (argChoices !== undefined)
    return { candidates: argChoices.map((word) => ({ word, meaning: '' })), hasFiles: false };
  const only = (candidates: readonly Candidate[]): Completion => ({ candidates, hasFiles: false });
  const value = /[<[](.*)[>\]]/.exec(flags)?.[1] ?? '';
  if (value === 'side') return { candidates: sides, hasFiles: false };
  if (value === 'name|file') return { candidates: policies(sources), hasFiles: true };
  if (value === 'shell') return only(shells);
  if (value === 'host') return only(await sources.migrations(place.stateDirectory));
  if (long === '--stage' || (long === '--to' && value === 'share'))
    return only(await sources.stages(place.stateDirectory, place.firstArgument));
  if (long === '--scenario') return only(await sources.scenarios());
  if (long === '--degradation') return only(degradations);
  return { candidates: [], hasFiles: /file|yaml|directory/.test(value) };
}

async function argumentOf(argument: Argument, place: Place, sources: CompletionSources): Promise<Completion> {
  if (argument.argChoices !== undefined)
    return { candidates: argument.argChoices.map((word) => ({ word, meaning: '' })), hasFiles: false };
  switch (argument.name()) {
    case 'host':
      return { candidates: await sources.migrations(place.stateDirectory), hasFiles: false };
    case 'policy':
      return { candidates: policies(sources), hasFiles: true };
    case 'shell':
      return { candidates: shells, hasFiles: false };
    case 'file':
      return { candidates: policies(sources), hasFiles: true };
    default:
      return nothing;
  }
}

const sides: readonly Candidate[] = [
  { word: 'heroku:', meaning: 'an app on Heroku' },
  { word: 'aws:', meaning: 'the DNS name of a load balancer' },
];

const degradations: readonly Candidate[] = [
  { word: '+2%', meaning: 'so much of all requests fails besides' },
  { word: 'x5', meaning: 'so many times as many fail as usual' },
  { word: 'broken', meaning: 'every request fails' },
];

const shells: readonly Candidate[] = ['bash', 'zsh', 'fish'].map((word) => ({ word, meaning: '' }));

function policies(sources: CompletionSources): Candidate[] {
  return sources.policies().map((word) => ({ word, meaning: 'a policy' }));
}
