import type { MigrationState } from '../core/migration-state.js';
import { Journal } from './journal.js';
import type { Store } from './ports.js';

/** The state of every migration as its journal has it now, whoever wrote it; reads only what is new since the look before. */
export class JournalWatch {
  readonly #store: Store;
  readonly #journals = new Map<string, Journal>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** As it was at the latest look; null before the first and for one that cannot be read. */
  known(id: string): MigrationState | null {
    return this.#journals.get(id)?.state ?? null;
  }

  /** Null for one that cannot be read: its own tick says why. */
  async look(id: string): Promise<MigrationState | null> {
    try {
      const journal = this.#journals.get(id) ?? (await Journal.open(this.#store, id, null));
      this.#journals.set(id, journal);
      await journal.refresh();
      return journal.state;
    } catch {
      this.#journals.delete(id);
      return null;
    }
  }

  /** Forgets all others. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#journals.keys()) if (!ids.has(id)) this.#journals.delete(id);
  }
}
