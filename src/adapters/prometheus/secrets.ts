/** A tenant named `1` is no secret, and hiding every 1 would make nonsense of a message. */
const shortestHeaderSecret = 4;

/** The values that were sent to a server and must not come back in a message of ours, should it repeat them. */
export class Secrets {
  readonly #values: string[] = [];

  add(value: string): void {
    if (value === '') return;
    // As they are, as they stand in a URL, and as they stand in JSON.
    const spellings = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
    this.#values.push(...new Set(spellings));
    // The longest first, so that no part of one is left over by another.
    this.#values.sort((one, other) => other.length - one.length);
  }

  addHeader(value: string): void {
    if (value.length >= shortestHeaderSecret) this.add(value);
  }

  hide(text: string): string {
    return this.#values.reduce((hidden, value) => hidden.replaceAll(value, '(hidden)'), text);
  }
}
