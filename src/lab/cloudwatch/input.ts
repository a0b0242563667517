import { CloudWatchRefusal, invalidParameterValue, missingParameter } from './refusal.js';

/** A value as JSON or a form brings it. */
export type InputValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly InputValue[]
  | { readonly [name: string]: InputValue };

/**
 * The members of one structure of a request.
 *
 * A form writes everything as text, JSON has types; what is not of the wanted type is refused as the API refuses what it cannot read.
 */
export class Input {
  readonly #members: Readonly<Record<string, InputValue>>;
  /** How messages name this structure, for instance `MetricDataQueries.member.1.`. */
  readonly #path: string;

  constructor(value: InputValue, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw unreadable(path, 'a structure');
    this.#members = value as Readonly<Record<string, InputValue>>;
    this.#path = path;
  }

  pathOf(name: string): string {
    return `${this.#path}${name}`;
  }

  text(name: string): string | undefined {
    const value = this.#members[name] ?? undefined;
    if (value !== undefined && typeof value !== 'string') throw unreadable(this.pathOf(name), 'a text');
    return value;
  }

  requiredText(name: string): string {
    return this.#required(name, this.text(name));
  }

  integer(name: string): number | undefined {
    const value = this.#members[name] ?? undefined;
    if (value === undefined) return undefined;
    const read = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof read !== 'number' || !Number.isSafeInteger(read))
      throw unreadable(this.pathOf(name), 'an integer');
    return read;
  }

  requiredInteger(name: string): number {
    return this.#required(name, this.integer(name));
  }

  flag(name: string): boolean | undefined {
    const value = this.#members[name] ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw unreadable(this.pathOf(name), 'a boolean');
  }

  /** Epoch milliseconds; JSON has epoch seconds, a form ISO 8601. */
  requiredInstantMs(name: string): number {
    const value = this.#required(name, this.#members[name] ?? undefined);
    const ms =
      typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (!Number.isFinite(ms)) throw unreadable(this.pathOf(name), 'a timestamp');
    return ms;
  }

  /** The structures of a list; none when it is left out. */
  list(name: string): readonly Input[] {
    return this.#values(name).map(
      (value, index) => new Input(value, `${this.pathOf(name)}.member.${index + 1}.`),
    );
  }

  texts(name: string): readonly string[] {
    return this.#values(name).map((value) => {
      if (typeof value !== 'string') throw unreadable(this.pathOf(name), 'a list of texts');
      return value;
    });
  }

  child(name: string): Input | undefined {
    const value = this.#members[name] ?? undefined;
    return value === undefined ? undefined : new Input(value, `${this.pathOf(name)}.`);
  }

  requiredChild(name: string): Input {
    return this.#required(name, this.child(name));
  }

  /** One of some words; anything else is refused. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined)
      throw invalidParameterValue(`Value ${value} for parameter ${this.pathOf(name)} is invalid.`);
    return word;
  }

  #values(name: string): readonly InputValue[] {
    const value = this.#members[name] ?? [];
    if (!Array.isArray(value)) throw unreadable(this.pathOf(name), 'a list');
    return value as readonly InputValue[];
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw missingParameter(this.pathOf(name));
    return value;
  }
}

/**
 * The members of a form of the Query protocol: `Dimensions.member.1.Name=LoadBalancer` is the name of the first dimension
 * (Smithy, "AWS query protocol").
 */
export function formInput(form: URLSearchParams): InputValue {
  const root: Branch = new Map();
  for (const [key, value] of form) plant(root, key.split('.'), value);
  return grown(root);
}

type Branch = Map<string, Branch | string>;

/** Deeper than anything in the API. */
const maxDepth = 16;

function plant(branch: Branch, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length > maxDepth) throw new CloudWatchRefusal('MalformedInput', 'Unexpected complex element');
  if (rest.length === 0) {
    branch.set(name, value);
    return;
  }
  const known = branch.get(name);
  const next: Branch = known instanceof Map ? known : new Map<string, Branch | string>();
  branch.set(name, next);
  plant(next, rest, value);
}

function grown(branch: Branch): InputValue {
  const list = branch.get('member');
  if (list instanceof Map && branch.size === 1) {
    return [...list]
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, value]) => (value instanceof Map ? grown(value) : value));
  }
  return Object.fromEntries(
    [...branch].map(([name, value]) => [name, value instanceof Map ? grown(value) : value]),
  );
}

function unreadable(path: string, wanted: string): CloudWatchRefusal {
  return new CloudWatchRefusal('MalformedInput', `${path || 'The body'} is not ${wanted}.`);
}
