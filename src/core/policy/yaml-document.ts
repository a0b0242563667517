import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Pair, type YAMLError } from 'yaml';
import type { Location, Problem } from '../failure.js';
import { findBomb } from './yaml-bomb.js';
import { forbiddenCharacter, formatPath, quoted, type YamlPath } from './yaml-path.js';

/** A YAML file as plain values, with the place of each of them. */
export interface YamlDocument {
  /** Mappings in it have no prototype, so that no key of a file can reach one. */
  readonly root: unknown;
  /** True when the file holds a value at this path, an empty one included. */
  has(path: YamlPath): boolean;
  /** The place of the value at the path or, where there is none, of the nearest value around it. */
  locate(path: YamlPath): Location;
  /** The place of the key that the path ends in. */
  locateKey(path: YamlPath): Location;
}

/** `document` is null when nothing can be read; problems beside a document are single findings such as an alias. */
export interface YamlReading {
  readonly document: YamlDocument | null;
  readonly problems: readonly Problem[];
}

/** Reads one YAML 1.2 document of the core schema. YAML bombs, aliases, tags and control characters are refused. */
export function readYaml(text: string, file: string): YamlReading {
  const place = placesIn(text, file);
  const problem = (offset: number, message: string): Problem => ({
    location: place(offset),
    where: formatPath([]),
    message,
  });
  const bomb = findBomb(text);
  if (bomb !== undefined) return { document: null, problems: [problem(bomb.offset, bomb.message)] };
  const document = parseDocument(text, {
    schema: 'core',
    resolveKnownTags: false,
    uniqueKeys: true,
    prettyErrors: false,
  });
  const faults = [...document.errors, ...document.warnings];
  const problems = faults.map((fault) => problem(fault.pos[0], explainFault(fault)));
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return { document: null, problems };
  const tree = new Tree(place);
  const root = tree.read(document.contents, []);
  return { document: tree.document(root), problems: [...problems, ...tree.problems] };
}

type Place = (offset: number) => Location;

function placesIn(text: string, file: string): Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const lineEnd of text.matchAll(/\n/g)) lines.addNewLine(lineEnd.index + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
}

function explainFault(fault: YAMLError): string {
  return faultWords[fault.code] ?? `is not YAML: ${fault.message}`;
}

const faultWords: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  DUPLICATE_KEY: 'this key stands twice in the same mapping; keep one',
  TAB_AS_INDENT: 'a tab indents this line; YAML allows only spaces there',
  MULTIPLE_DOCS: 'a second document begins here; a file holds one',
  TAG_RESOLVE_FAILED: 'a tag (!name) has no meaning here; write the plain value',
};

/** Offsets of a value and of the key in front of it. */
interface Offsets {
  readonly key: number;
  readonly value: number;
}

/** Turns nodes into plain values and remembers where they stood. */
class Tree {
  readonly problems: Problem[] = [];
  readonly #offsets = new Map<string, Offsets>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  read(node: unknown, path: YamlPath, keyOffset?: number): unknown {
    const value = offsetOf(node) ?? keyOffset ?? 0;
    this.#offsets.set(JSON.stringify(path), { key: keyOffset ?? value, value });
    if (isMap(node)) return this.#readMapping(node.items, path);
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    if (isAlias(node)) {
      this.#report(value, path, 'an alias (*name) is not allowed; write the value itself');
      return null;
    }
    if (!isScalar(node)) return null;
    if (typeof node.value === 'string') this.#refuseControls(node.value, value, path);
    return node.value;
  }

  #readMapping(items: readonly Pair[], path: YamlPath): unknown {
    const mapping = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of items) {
      const offset = offsetOf(key) ?? 0;
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#report(offset, path, 'this key is not text; write a name, in quotes if need be');
        continue;
      }
      const keyPath = [...path, key.value];
      // Schema libraries skip this one key without a word; here nothing is ignored.
      if (key.value === '__proto__') this.#report(offset, keyPath, 'this key is not allowed');
      this.#refuseControls(key.value, offset, keyPath);
      mapping[key.value] = this.read(value, keyPath, offset);
    }
    return mapping;
  }

  document(root: unknown): YamlDocument {
    const find = (path: YamlPath): Offsets | undefined => this.#offsets.get(JSON.stringify(path));
    const place = this.#place;
    return {
      root,
      has: (path) => find(path) !== undefined,
      locate(path) {
        const offsets = find(path);
        return offsets === undefined ? this.locate(path.slice(0, -1)) : place(offsets.value);
      },
      locateKey: (path) => place(find(path)?.key ?? 0),
    };
  }

  #refuseControls(text: string, offset: number, path: YamlPath): void {
    const character = forbiddenCharacter(text);
    if (character !== undefined)
      this.#report(offset, path, `${quoted(text)} holds the control character ${character}; remove it`);
  }

  #report(offset: number, path: YamlPath, message: string): void {
    this.problems.push({ location: this.#place(offset), where: formatPath(path), message });
  }
}

function offsetOf(node: unknown): number | undefined {
  if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}
