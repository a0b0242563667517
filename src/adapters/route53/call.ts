import type { ProviderFailure } from '../../core/failure.js';
import { err, ok, type Result } from '../../core/result.js';
import { UnexpectedAnswer } from './answer.js';
import { classify, failure } from './classify.js';
import type { Clients } from './clients.js';
import type { Turn } from './request-budget.js';

/** What a call gives to the SDK's `send`. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
  /** Milliseconds for one attempt. */
  readonly requestTimeout: number;
  /** Asked by the client before each request, those of a second attempt too; resolves when it may be sent. */
  readonly beforeRequest: () => Promise<void>;
}

export interface CallLimits {
  readonly operation: string;
  /** The longest the whole call may take, all its requests, attempts and waits together. */
  readonly timeoutMs: number;
  /** The longest one attempt may take. */
  readonly requestTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Is told of a failure before the caller is. */
  readonly hear: (failure: ProviderFailure) => void;
  /** Waits for one request's turn among all of this process. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
}

/** The limits of a call that may be repeated: one attempt may take half of the whole, so that a silent server leaves time for the second. */
export function repeatableLimits(
  operation: string,
  signal: AbortSignal,
  timeoutMs: number,
  { hear, turn }: Pick<Clients, 'hear' | 'turn'>,
  usual: Turn,
): CallLimits {
  return {
    operation,
    timeoutMs,
    requestTimeoutMs: timeoutMs / 2,
    signal,
    hear,
    turn: (ending) => turn(usual, ending),
  };
}

/**
 * Runs requests under one deadline and turns every way they can fail into data.
 *
 * The deadline is also raced against, because the SDK looks at the signal only while it talks to Route 53, not while it
 * looks for credentials. Once the signal has aborted the SDK sends no request any more.
 */
export async function call<T>(
  limits: CallLimits,
  work: (options: SendOptions) => Promise<T>,
): Promise<Result<T, ProviderFailure>> {
  const { operation, timeoutMs, requestTimeoutMs, signal, hear, turn } = limits;
  const ending = endingOf(signal, timeoutMs);
  let waiting = 0;
  try {
    const beforeRequest = async (): Promise<void> => {
      waiting += 1;
      await turn(ending.signal);
      waiting -= 1;
    };
    const options = { abortSignal: ending.signal, requestTimeout: requestTimeoutMs, beforeRequest };
    return ok(await Promise.race([work(options), ending.reached]));
  } catch (error) {
    if (ending.signal.aborted && waiting > 0) return err(failure('throttled', operation, heldBackMessage));
    if (signal.aborted) return err(failure('timeout', operation, stoppedMessage));
    if (ending.signal.aborted) {
      return err(failure('timeout', operation, `Route 53 did not answer within ${timeoutMs} ms`));
    }
    if (error instanceof UnexpectedAnswer) return err(failure('unknown', operation, error.message));
    const classified = classify(error, operation);
    hear(classified);
    return err(classified);
  } finally {
    ending.release();
  }
}

const heldBackMessage =
  'held back by our own rate limit: this process has more calls to make than it allows itself of the quota of the account';
const stoppedMessage = 'the call was given up because this program was told to stop';

interface Ending {
  readonly signal: AbortSignal;
  /** Rejects when the signal aborts. */
  readonly reached: Promise<never>;
  release(): void;
}

/**
 * The caller's signal or the deadline, whichever comes first. `AbortSignal.any` would do, but in Node 20 each of its
 * results stays in memory for as long as the caller's signal, here the life of the daemon (nodejs/node#54614).
 */
function endingOf(caller: AbortSignal, timeoutMs: number): Ending {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  const reached = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();
  return {
    signal: controller.signal,
    reached,
    release: () => {
      clearTimeout(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}
