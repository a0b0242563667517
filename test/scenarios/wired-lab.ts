import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab, type Lab } from '../../src/lab/lab.js';
import type { LabOptions } from '../../src/lab/lab-options.js';
import type { Fault } from '../../src/lab/route53/faults.js';
import { instantPolicy } from './policies.js';
import { startProduct, type Finished, type Product } from './product.js';
import { writesOf, type Write } from './writes.js';

/** A lab in this process and, in processes of its own, an installation of the product that reaches it only over the wire. */
export class WiredLab implements AsyncDisposable {
  readonly lab: Lab;
  /** Home, working and state directory of the installation are below it. */
  readonly directory: string;
  readonly #running: Product[] = [];

  private constructor(lab: Lab, directory: string) {
    this.lab = lab;
    this.directory = directory;
  }

  /** Changes arrive at once, there are no clients and no accidental errors, unless asked for. */
  static async open(options: LabOptions = {}): Promise<WiredLab> {
    const lab = await startLab({ clients: 'off', insyncDelayMs: 100, ttlSeconds: 1, ...options });
    await Promise.all([lab.source, lab.target].map(({ origin }) => origin.change({ baseErrorFraction: 0 })));
    const wired = new WiredLab(lab, await mkdtemp(join(tmpdir(), 'shift-scenario-')));
    await wired.file('instant.yaml', instantPolicy);
    return wired;
  }

  get stateDirectory(): string {
    return join(this.directory, 'state');
  }

  /** Everything that a process of this installation gets from its surroundings. */
  environment(): Record<string, string> {
    return {
      ...this.lab.environment(),
      PATH: process.env['PATH'] ?? '',
      HOME: this.directory,
      SHIFT_STATE_DIR: this.stateDirectory,
    };
  }

  /** Writes a file below the working directory and gives its path as it is typed there. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return `./${name}`;
  }

  /** Starts a process of the product; `extra` replaces or adds variables of its environment. */
  async start(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Product> {
    const product = await startProduct({ ...this.environment(), ...extra }, args, this.directory);
    this.#running.push(product);
    return product;
  }

  /** Runs a verb to its end; again when a check of it missed an answer only because this machine is busy. */
  async run(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Finished> {
    for (let tries = 1; ; tries += 1) {
      const product = await this.start(args, extra);
      const finished = await product.finished(longestVerbMs).catch((error: unknown) => {
        throw new Error(`${String(error)}\n--- all processes\n${this.#said()}`);
      });
      if (tries === maxTries || !missedAnswers(finished)) return finished;
    }
  }

  /** Runs a verb that must succeed. */
  async succeed(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const finished = await this.run(args, extra);
    if (finished.code === 0) return finished;
    throw new Error(
      `shiftctl ${args.join(' ')} ended with ${finished.code}\n${finished.stdout}\n${finished.stderr}`,
    );
  }

  /** The arguments of `plan`, `preflight` and `start` for this lab. */
  request(verb: 'plan' | 'preflight' | 'start', policy = './instant.yaml'): string[] {
    const { host, source, target } = this.lab;
    return [verb, host, '--from', source.endpoint, '--to', target.endpoint, '--policy', policy];
  }

  /** `start --yes`: the migration is begun and driven by nobody yet. */
  async begin(policy?: string): Promise<void> {
    await inTurn(() => this.succeed([...this.request('start', policy), '--yes']));
  }

  /** `start --yes --watch` with one line of JSON per event; resolves when the migration is begun. */
  watch(policy?: string): Promise<Product> {
    return inTurn(async () => {
      for (let tries = 1; ; tries += 1) {
        const product = await this.start([
          ...this.request('start', policy),
          '--yes',
          '--watch',
          '-o',
          'json',
        ]);
        const hasBegun = (): boolean => existsSync(join(this.stateDirectory, 'shift.db'));
        await this.#soon('the start', () => product.isOver || hasBegun());
        if (hasBegun() || tries === maxTries || !missedAnswers(await product.finished())) return product;
      }
    });
  }

  async status(): Promise<Status> {
    const { stdout } = await this.succeed(['status', this.lab.host, '-o', 'json']);
    return JSON.parse(stdout) as Status;
  }

  async history(): Promise<string> {
    return (await this.succeed(['history', this.lab.host, '--verify'])).stdout;
  }

  /** `shiftctl tick` again and again until it tells this. */
  async tickUntil(end: RegExp, maxTicks = 60): Promise<void> {
    for (let ticks = 0; ticks < maxTicks; ticks += 1) {
      const { stdout } = await this.succeed(['tick', this.lab.host]);
      if (end.test(stdout)) return;
    }
    throw new Error(`not ${String(end)} after ${maxTicks} ticks\n${await this.history()}`);
  }

  /** Switches a fault on for the next change of records; resolves when it has struck. */
  async strikeNextWrite(kind: Fault['kind'], delayMs?: number): Promise<void> {
    const { faults } = this.lab.route53;
    const late = delayMs === undefined ? {} : { delayMs };
    faults.add({ kind, actions: ['ChangeResourceRecordSets'], next: 1, ...late });
    await this.#soon(`${kind} to strike`, () => !faults.isOn(kind));
  }

  /** Waits until this many batches are in force. */
  async written(count: number): Promise<readonly Write[]> {
    await this.#soon(`${count} writes`, () => writesOf(this.lab).length >= count);
    return writesOf(this.lab);
  }

  /** A copy of the state directory as it is now, as from a backup. */
  async copyState(name: string): Promise<string> {
    const copy = join(this.directory, name);
    await cp(this.stateDirectory, copy, { recursive: true });
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((product) => product[Symbol.asyncDispose]()));
    await this.lab.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The last words of every process. */
  #said(): string {
    const said = this.#running.map(({ stdout, stderr }) => `${stdout.slice(-2000)}\n${stderr}`);
    return said.join('\n---\n');
  }

  async #soon(what: string, isTrue: () => boolean, patienceMs = 90_000): Promise<void> {
    const giveUpAt = Date.now() + patienceMs;
    while (!isTrue()) {
      if (Date.now() > giveUpAt) {
        throw new Error(`waited in vain for ${what}\n${this.#said()}`);
      }
      await sleep(2);
    }
  }
}

const longestVerbMs = 90_000;

const maxTries = 4;

/** Preflight refuses when one answer is late. Nothing was written then, so a person would type the line again. */
function missedAnswers({ code, stdout, stderr }: Finished): boolean {
  return code === 3 && /within 800ms/.test(`${stdout} ${stderr}`);
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** One start after the other: a preflight wants every probe answered in time, and starting a process takes a core. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(work, work);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/** What the tests read of `status -o json`. */
export interface Status {
  readonly version: number;
  readonly id: string;
  readonly phase: string;
  readonly share: number;
  readonly generation: number;
  readonly because: string;
  readonly differences: readonly string[];
}
