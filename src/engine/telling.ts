import type { MigrationState } from '../core/migration-state.js';
import { Background, type TellingPorts } from './background.js';
import { FailingTicks } from './failing-ticks.js';
import { Heartbeat } from './heartbeat.js';
import { Hooks } from './hooks.js';
import { Outbox, type Seen } from './outbox.js';
import type { MigrationRow } from './ports.js';

/**
 * Everything that is said to people and their machines. It goes on beside the ticks: none of its methods that start something waits,
 * throws, or keeps a tick or a rollback from its work.
 */
export class Telling implements AsyncDisposable {
  readonly #background: Background;
  readonly #outbox: Outbox;
  readonly #hooks: Hooks;
  readonly #heartbeat: Heartbeat;
  readonly #failing: FailingTicks;

  constructor(ports: TellingPorts) {
    this.#background = new Background(ports.log);
    this.#outbox = new Outbox(ports, this.#background);
    this.#hooks = new Hooks(ports, this.#background);
    this.#heartbeat = new Heartbeat(ports, this.#background);
    this.#failing = new FailingTicks(ports, this.#background);
  }

  /** Starts what the journal asks for: messages that are due, a question to a hook. */
  begin(seen: Seen): void {
    this.#outbox.begin(seen);
    this.#hooks.begin(seen.state);
    this.#failing.saw(seen);
  }

  /** A tick has looked, decided, recorded and acted. */
  beat(state: MigrationState): void {
    this.#heartbeat.begin(state);
    this.#failing.worked(state.plan.id);
  }

  /** A tick could not be finished, because of this error. */
  failed(migrationId: string, error: unknown): void {
    this.#failing.failed(migrationId, error);
  }

  /** Goes on telling what migrations that have ended left untold. */
  lookBack(rows: readonly MigrationRow[]): void {
    this.#outbox.lookBack(rows);
  }

  /** Resolves when nothing is under way for this migration; every piece of it has its own short limit. */
  settled(migrationId: string): Promise<void> {
    return this.#background.settled(`${migrationId} `);
  }

  /** Lets messages arrive that are under way, and leaves questions unanswered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#hooks.end();
    await this.#background.settled('');
  }
}
