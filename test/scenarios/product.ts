import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt, mainPath } from './build.js';

/** The longest a test waits for anything that a process does, except to drive a migration to its end. */
const patienceMs = 90_000;

/** The longest a migration of the policies used here takes, on a machine that is much too busy. */
export const longestMigrationMs = 150_000;

/** What a process left behind. */
export interface Finished {
  /** As a shell shows it: 128 plus the number of the signal for a process that was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the tests read of an event. */
export interface ToldEvent {
  readonly type: string;
  readonly at: number;
}

/** One running process of the built program. */
export class Product implements AsyncDisposable {
  stdout = '';
  stderr = '';
  /** The events that `start --watch -o json` has told so far. */
  readonly events: ToldEvent[] = [];
  readonly #child: ChildProcess;
  readonly #finished: Promise<Finished>;
  #partOfLine = '';
  #isOver = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#take(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#isOver = true;
        const killed = signal === null ? 1 : 128 + constants.signals[signal];
        resolve({ code: code ?? killed, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** To this process alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Finished> {
    this.signal(signal);
    return this.finished(patienceMs);
  }

  /** Waits until the process has ended and its output is complete; fails with the output so far when it does not. */
  async finished(patience: number = longestMigrationMs): Promise<Finished> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`time passed before the end${this.#output}`)), patience);
    });
    return Promise.race([this.#finished, late]).finally(() => clearTimeout(timer));
  }

  /** Closes the pipe that the process writes to, as `head` does when it has seen enough. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits until so many events of one type were told. */
  told(type: string, count: number = 1): Promise<void> {
    return this.until(
      `event ${type}`,
      () => this.events.filter((event) => event.type === type).length >= count,
    );
  }

  /** Waits for something to become true; fails with the output when the process ends or time passes before. */
  async until(what: string, isTrue: () => boolean, patience: number = patienceMs): Promise<void> {
    const giveUpAt = Date.now() + patience;
    while (!isTrue()) {
      if (this.#isOver || Date.now() > giveUpAt) {
        const why = this.#isOver ? 'the process ended' : 'time passed';
        throw new Error(`${why} before ${what}${this.#output}`);
      }
      await sleep(5);
    }
  }

  get #output(): string {
    return `\n--- stdout\n${this.stdout.slice(-20_000)}\n--- stderr\n${this.stderr}`;
  }

  /** Reads a line once, when it is complete: a test that waits looks at the events very often. */
  #take(text: string): void {
    this.stdout += text;
    const lines = `${this.#partOfLine}${text}`.split('\n');
    this.#partOfLine = lines.pop() ?? '';
    const told = lines.filter((line) => line.startsWith('{"type":"event"'));
    this.events.push(...told.map((line) => (JSON.parse(line) as { event: ToldEvent }).event));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.end('SIGKILL');
  }
}

/** Standard error without what a slow disk makes a rollback say: it does not wait for the files. */
export function withoutSlowDisk(stderr: string): string {
  return stderr.replaceAll(
    'shiftctl: the break-glass files could not be refreshed: no answer within 500 ms\n',
    '',
  );
}

/** Starts the built program with this environment and no other variable. Its output is collected. */
export async function startProduct(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  workingDirectory: string,
): Promise<Product> {
  await ensureBuilt();
  const child = spawn(process.execPath, [mainPath, ...args], {
    cwd: workingDirectory,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Product(child);
}
