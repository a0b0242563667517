import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../../src/core/event.js';
import type { Status } from '../../src/core/status.js';
import type { LabOptions } from '../../src/lab/lab-options.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { Observer } from './observer.js';
import { startProduct, type Finished, type Product } from './product.js';

/** A line of `start --watch -o json`. */
type Told =
  { readonly type: 'event'; readonly event: Event } | { readonly type: 'status'; readonly status: Status };

/** Where the lab's users went while a share was set, read when the next step began. */
export interface UsersAtStage {
  readonly setShare: number;
  readonly usersPercent: number;
}

/** Seconds of users' requests that count: fewer than the dwell, so that all of them belong to the stage. */
const usersSeconds = 4;

/** How far the clocks of the lab and of the product may be apart. */
const clockToleranceMs = 250;

/** A migration from beginning to end as `demo` runs it, with an observer at every name server. */
export class WatchedMigration implements AsyncDisposable {
  readonly lab: Lab;
  readonly observer: Observer;
  readonly events: Event[] = [];
  readonly statuses: Status[] = [];
  readonly users: UsersAtStage[] = [];
  elapsedMs = 0;
  code = -1;
  stderr = '';
  readonly #directory: string;
  #read = 0;

  private constructor(lab: Lab, observer: Observer, directory: string) {
    this.lab = lab;
    this.observer = observer;
    this.#directory = directory;
  }

  /** Starts the lab and lets its users come; `run` starts the migration. */
  static async open(options: LabOptions): Promise<WatchedMigration> {
    const lab = await startLab(options);
    await lab.clientsArrived(30_000);
    const directory = await mkdtemp(join(tmpdir(), 'shift-watched-'));
    return new WatchedMigration(lab, await Observer.watch(lab), directory);
  }

  /** `start --yes --watch -o json` until it ends. */
  async run(policy: string): Promise<void> {
    const { lab } = this;
    const startedAt = performance.now();
    const request = [
      lab.host,
      '--from',
      lab.source.endpoint,
      '--to',
      lab.target.endpoint,
      '--policy',
      policy,
    ];
    await using product = await this.#start(['start', ...request, '--yes', '--watch', '-o', 'json']);
    const looks = setInterval(() => this.#take(product.stdout), 25);
    await product.finished().finally(() => clearInterval(looks));
    const { code, stdout, stderr } = await product.finished();
    this.#take(stdout);
    this.elapsedMs = performance.now() - startedAt;
    await this.observer.stop();
    Object.assign(this, { code, stderr });
  }

  /** Resolves when the first event is told, or when `running` has ended without one. */
  async begun(running: Promise<void>): Promise<void> {
    const over = running.then(
      () => 'over',
      () => 'over',
    );
    while (this.events.length === 0) if ((await Promise.race([over, sleep(50, 'waits')])) === 'over') return;
  }

  /** The path of a policy file with this text. */
  async policyFile(text: string): Promise<string> {
    const path = join(this.#directory, 'policy.yaml');
    await writeFile(path, text);
    return path;
  }

  /** Runs another verb of the product beside it. */
  async verb(...args: string[]): Promise<Finished> {
    return (await this.#start(args)).finished();
  }

  /** The first event of this type. */
  event<T extends Event['type']>(type: T): Extract<Event, { type: T }> {
    const found = this.events.find((event): event is Extract<Event, { type: T }> => event.type === type);
    if (found === undefined) throw new Error(`no ${type}\n${this.stderr}\n${JSON.stringify(this.events)}`);
    return found;
  }

  /**
   * When a tick saw the target failing beside a source that passes, and did not ask for a rollback at once. However slow the machine
   * is, there is none.
   */
  ticksThatLetTheTargetFail(): readonly number[] {
    const requestedAt = this.event('rollback-requested').at;
    const isBad = ({ probes }: Status): boolean =>
      probes.some(({ side, health }) => side === 'target' && health === 'failing') &&
      probes.every(({ side, health }) => side === 'target' || health === 'passing');
    const ticks = this.statuses.filter(isBad).map(({ lastTickAt }) => lastTickAt ?? 0);
    return ticks.filter((at) => at < requestedAt);
  }

  /** What the observer found, and every instant at which the zone gave the target more than the journal allowed; in words. */
  findings(propagationMs: number): readonly string[] {
    return [
      ...this.observer.findings(propagationMs),
      ...this.#writesWithoutIntent(),
      ...this.#sharesAboveTheStage(),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer[Symbol.asyncDispose]();
    await this.lab.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #start(args: readonly string[]): Promise<Product> {
    const { PATH = '' } = process.env;
    const environment = { ...this.lab.environment(), PATH, HOME: this.#directory };
    return startProduct(environment, args, this.#directory);
  }

  #take(stdout: string): void {
    const complete = stdout.slice(this.#read, stdout.lastIndexOf('\n') + 1);
    this.#read += complete.length;
    for (const line of complete.split('\n').filter((text) => text !== '')) {
      const told = JSON.parse(line) as Told;
      if (told.type === 'status') this.statuses.push(told.status);
      else this.#takeEvent(told.event);
    }
  }

  #takeEvent(event: Event): void {
    const setShare = this.statuses.at(-1)?.share ?? 0;
    const usersPercent = this.lab.measuredShare(usersSeconds)?.targetPercent;
    if (event.type === 'intent-opened' && event.intent.kind !== 'take-over' && usersPercent !== undefined)
      this.users.push({ setShare, usersPercent });
    this.events.push(event);
  }

  /** Each state of the zone needs an intent of the same share that was in the journal before. */
  #writesWithoutIntent(): readonly string[] {
    const intents = this.events.flatMap((event) => (event.type === 'intent-opened' ? [event.intent] : []));
    return this.observer.states.slice(1).flatMap(({ sinceMs }) => {
      const share = this.observer.shareAt(sinceMs);
      const opened = intents.some(
        (intent) => intent.share === share && intent.openedAt <= sinceMs + clockToleranceMs,
      );
      return opened ? [] : [`the share became ${share} at ${sinceMs} without an intent in the journal`];
    });
  }

  /** The share at the instant of each tick against the stage that the status of this tick, or of the one before, names. */
  #sharesAboveTheStage(): readonly string[] {
    return this.statuses.flatMap((status, index) => {
      const allowed = Math.max(...this.statuses.slice(Math.max(0, index - 1), index + 1).map(allowedShare));
      const share = this.observer.shareAt(status.lastTickAt ?? 0);
      if (share <= allowed) return [];
      return [`${share} % in force at ${String(status.lastTickAt)}, at most ${allowed} in ${status.phase}`];
    });
  }
}

/** The most that the stage of a status gives to the target. */
function allowedShare({ phase, stages }: Status): number {
  if (phase === 'finalizing' || phase === 'completed') return 100;
  return stages.find(({ progress }) => progress === 'current')?.share ?? 0;
}
