import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

/** The two files of a bundle: what a rollback runs until Route 53 has accepted it, and what is only read once something of it is asked for. */
export type BundleFile = 'bundle' | 'bundle-rest';

/** A part as the build writes it: what Node.js would make of a CommonJS file. */
type Part = (exports: object, require: (name: string) => unknown, module: { exports: object }) => void;

/** What a bundle file evaluates to. In its parts `load` stands where `import()` was, and `bundleUrl` where `import.meta.url` was. */
type Parts = (
  load: (name: string) => Promise<object>,
  bundleUrl: string,
  path: string,
  directory: string,
) => Readonly<Record<string, Part>>;

/** Several packages load it at their start for what a rollback never asks of them, and it brings half a dozen other modules along. */
const loadedLate = 'node:child_process';

/**
 * The compiled program and its packages in two files, each run from the code that V8 compiled for it when it was built. A part is run
 * when it is first asked for. A cache that another version of Node.js made is refused by V8 and costs only its gain.
 */
export class Bundle {
  /** The parts that have run, in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** What has been read so far. */
  readonly scripts: ReadonlyMap<BundleFile, Script>;
  readonly #asked: string[] = [];
  readonly #scripts = new Map<BundleFile, Script>();
  readonly #directory: string;
  readonly #parts = new Map<string, Part>();
  readonly #modules = new Map<string, { exports: object }>();
  readonly #outside: NodeJS.Require;

  constructor(directory: string) {
    this.asked = this.#asked;
    this.scripts = this.#scripts;
    this.#directory = directory;
    this.#outside = createRequire(join(directory, 'bundle.cjs'));
    this.#read('bundle');
  }

  /** Runs a part, unless it has run, and gives what it exports. Throws what it throws. */
  readonly require = (name: string): unknown => {
    if (name === loadedLate) return whenAsked(() => this.#outside(name) as object);
    if (!name.startsWith('./')) return this.#outside(name) as unknown;
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    const part = this.#part(name);
    const module = { exports: {} };
    this.#modules.set(name, module);
    this.#asked.push(name);
    part(module.exports, this.require, module);
    return module.exports;
  };

  #part(name: string): Part {
    if (!this.#parts.has(name)) this.#read('bundle-rest');
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`${this.#directory} is not one build: it has no ${name}`);
    return part;
  }

  #read(file: BundleFile): void {
    const path = join(this.#directory, `${file}.cjs`);
    const cache = join(this.#directory, `${file}.cache`);
    // The files are ASCII, and a Latin-1 text is a third of the work of a UTF-8 one.
    const script = new Script(readFileSync(path, 'latin1'), {
      filename: path,
      ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    this.#scripts.set(file, script);
    const parts = script.runInThisContext() as Parts;
    const load = async (name: string): Promise<object> => Promise.resolve(this.require(name) as object);
    const found = parts(load, pathToFileURL(path).href, path, this.#directory);
    for (const [name, part] of Object.entries(found)) this.#parts.set(name, part);
  }
}

/** Stands for a module that is only loaded when something of it is asked for. */
function whenAsked(load: () => object): object {
  return new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(load(), key) as unknown,
      has: (_, key) => Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(load(), key),
    },
  );
}
