import { setMaxListeners } from 'node:events';
import { err, ok, type Result } from '../../core/result.js';
import type { ProviderFailure } from '../../core/failure.js';
import { UnexpectedAnswer } from './answer.js';
import { classify, failure } from './classify.js';

/** What a call gives to the SDK's `send`. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
  /** Milliseconds for one attempt. */
  readonly requestTimeout: number;
}

/**
 * One deadline for a reading of many calls: the caller's signal or the time, whichever comes first. `AbortSignal.any` would do,
 * but in Node 20 each of its results stays in memory for as long as the caller's signal (nodejs/node#54614).
 */
export class Deadline implements Disposable {
  readonly #caller: AbortSignal;
  readonly #timeoutMs: number;
  readonly #heardFailure: (failure: ProviderFailure) => void;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #reached: Promise<never>;
  readonly #abort = (): void => this.#controller.abort();

  /** @param heardFailure is told of every call that failed otherwise than by this deadline */
  constructor(caller: AbortSignal, timeoutMs: number, heardFailure: (failure: ProviderFailure) => void) {
    this.#heardFailure = heardFailure;
    this.#caller = caller;
    this.#timeoutMs = timeoutMs;
    // Every call of the reading listens; none of them outlives it.
    setMaxListeners(0, this.#controller.signal);
    this.#timer = setTimeout(this.#abort, timeoutMs);
    this.#reached = new Promise<never>((_, reject) => {
      this.#controller.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    // Nobody may be waiting when it comes.
    this.#reached.catch(() => undefined);
    caller.addEventListener('abort', this.#abort, { once: true });
    if (caller.aborted) this.#abort();
  }

  /**
   * Runs one call and turns every way it can fail into data. The deadline is raced against, because the SDK looks at the signal
   * only while it talks to CloudWatch, not while it looks for credentials. One attempt may take half of the whole, so that
   * a silent server leaves time for the second.
   */
  async call<T>(
    operation: string,
    work: (options: SendOptions) => Promise<T>,
  ): Promise<Result<T, ProviderFailure>> {
    const { signal } = this.#controller;
    try {
      if (signal.aborted) return err(this.#ending(operation));
      const options = { abortSignal: signal, requestTimeout: this.#timeoutMs / 2 };
      return ok(await Promise.race([work(options), this.#reached]));
    } catch (error) {
      if (signal.aborted) return err(this.#ending(operation));
      if (error instanceof UnexpectedAnswer) return err(failure('unknown', operation, error.message));
      const trouble = classify(error, operation);
      this.#heardFailure(trouble);
      return err(trouble);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#abort);
    // Whatever is still under way, for instance a call that lost its race, has nobody to tell.
    this.#controller.abort();
  }

  #ending(operation: string): ProviderFailure {
    return this.#caller.aborted
      ? failure('timeout', operation, 'the call was given up because this program was told to stop')
      : failure('timeout', operation, `CloudWatch did not answer within ${this.#timeoutMs} ms`);
  }
}
