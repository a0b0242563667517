import type { ProviderFailure } from '../../src/core/failure.js';
import type { Event } from '../../src/core/event.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { Engine } from '../../src/engine/engine.js';
import { Journal } from '../../src/engine/journal.js';
import { Migrations } from '../../src/engine/migrations.js';
import type { Store } from '../../src/engine/ports.js';
import { Telling } from '../../src/engine/telling.js';
import { MemoryNotifier } from '../engine/memory-notifier.js';
import type { World } from '../engine/world.js';
import { HostileZoneApi, type Moment, type Weather, type LateRequest } from './hostile-zone-api.js';
import type { KeptStore } from './kept-store.js';
import type { Chance } from './chance.js';
import type { Told, ZoneLog } from './zone-log.js';

/** A process that was killed makes no call any more. */
export class Killed extends Error {
  override readonly name: string = 'Killed';
}

export interface Surroundings {
  readonly world: World;
  readonly log: ZoneLog;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly late: LateRequest[];
  readonly denied: ReadonlyMap<string, ProviderFailure['reason']>;
  /** Something else may happen at any moment of a controller's work. */
  readonly meanwhile: (controller: SimController, call: string) => Promise<void>;
}

/** More calls than one look of a controller needs; a rollback that goes on for longer is left to the next look. */
const maxCalls = 30;

/** A controller: one process after the other over one state, under the access key that is the author in the log. */
export class SimController {
  readonly author: string;
  readonly id: string;
  readonly store: KeptStore;
  migrations: Migrations;
  isBusy = false;
  /** The guard wants everything back and nothing of it is written yet. */
  isGoingBack = false;
  private readonly around: Surroundings;
  private stop = new AbortController();
  private calls = 0;
  private process = 0;
  private isDead = false;

  constructor(author: string, { id, store }: { id: string; store: KeptStore }, around: Surroundings) {
    this.author = author;
    this.id = id;
    this.store = store;
    this.around = around;
    this.migrations = new Migrations(this.engine());
    const { log } = around;
    store.onStored = (events) => {
      for (const event of events) {
        if (event.type === 'rollback-requested') this.isGoingBack = event.by === 'guard';
        if (['rollback-written', 'halted', 'rolled-back'].includes(event.type)) this.isGoingBack = false;
        const told = toldBy(event);
        if (told !== null) log.add(author, { kind: 'told', what: told });
      }
    };
  }

  async state(): Promise<MigrationState> {
    return (await Journal.open(this.store, this.id, null)).state;
  }

  /** One look, or a part of one when the process is killed in it. */
  tick(): Promise<unknown> {
    return this.live((migrations, signal) => migrations.tickOnce(this.id, signal));
  }

  /** Lets the process do something; a new one takes its place when it dies in it. */
  async live<T>(work: (migrations: Migrations, signal: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.isBusy) return null;
    this.isBusy = true;
    this.calls = 0;
    this.stop = new AbortController();
    try {
      const done = await work(this.migrations, this.stop.signal);
      if (this.isDead) throw new Killed();
      return done;
    } catch (error) {
      if (!(error instanceof Killed) && !this.isDead) throw error;
      this.restart();
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  private restart(): void {
    this.around.world.gone.add(this.holder());
    this.process += 1;
    this.isDead = false;
    this.migrations = new Migrations(this.engine());
  }

  private holder(): string {
    return `${this.author}/${String(this.process)}`;
  }

  private engine(): Engine {
    const { world } = this.around;
    const { process } = this;
    const moment: Moment = (call, when) => this.moment(process, call, when);
    const base = world.engineOf(this.holder());
    const store = new ProcessStore(this.store, moment);
    return {
      ...base,
      store,
      zones: new HostileZoneApi(this.author, { ...this.around, moment }),
      telling: new Telling({ store, clock: base.clock, log: base.log, notifier: new MemoryNotifier() }),
      breakGlass: {
        write: async ({ drain, collapse }) => {
          await moment('break-glass', 'before');
          world.files.push({ drain, collapse });
        },
      },
    };
  }

  private async moment(process: number, call: string, when: 'before' | 'after'): Promise<void> {
    const { chance, weather } = this.around;
    if (this.isDead || process !== this.process) throw new Killed();
    if ((this.calls += 1) > maxCalls) this.stop.abort();
    await this.around.meanwhile(this, `${when} ${call}`);
    if (
      chance.happens(weather.crash, `a crash ${call === 'change' ? `${when} a write` : 'between the calls'}`)
    )
      this.isDead = true;
    if (this.isDead) throw new Killed();
  }
}

function toldBy(event: Event): Told | null {
  if (event.type === 'rollback-requested' || event.type === 'rollback-written') return event.type;
  if (event.type === 'alarm-raised') return event.topic === 'rollback-incomplete' ? event.topic : null;
  if (event.type === 'halted') return event.cause === 'fenced' ? 'fenced' : 'halted';
  return ['rolled-back', 'completed', 'restored'].includes(event.type) ? 'ended' : null;
}

/** The state file as one process reaches it. */
class ProcessStore implements Store {
  readonly create: Store['create'];
  readonly append: Store['append'];
  readonly read: Store['read'];
  readonly list: Store['list'];
  readonly acquireLease: Store['acquireLease'];
  readonly releaseLease: Store['releaseLease'];
  readonly seizeLease: Store['seizeLease'];

  constructor(store: KeptStore, moment: Moment) {
    this.create = (row, first, at) => store.create(row, first, at);
    this.append = async (step) => {
      await moment('append', 'before');
      const stored = await store.append(step);
      await moment('append', 'after');
      return stored;
    };
    this.read = (id, after) => store.read(id, after);
    this.list = () => store.list();
    this.acquireLease = (...asked) => store.acquireLease(...asked);
    this.releaseLease = (lease) => store.releaseLease(lease);
    this.seizeLease = (...asked) => store.seizeLease(...asked);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
