/** Parts that were started one after the other and are closed in the opposite order. */
export class Closing {
  readonly #work: (() => Promise<void>)[] = [];

  /** Remembers a part to be closed; returns it. */
  add<Part extends { close(): Promise<void> }>(part: Part): Part {
    this.#work.push(() => part.close());
    return part;
  }

  defer(work: () => Promise<void>): void {
    this.#work.push(work);
  }

  /** Closes everything, also when some of it fails to; throws the first failure at the end. A second call does nothing. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let work = this.#work.pop(); work !== undefined; work = this.#work.pop()) {
      await work().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
