import type { Failure, Problem } from '../core/failure.js';
import type { Result } from '../core/result.js';

/** Ends a verb; `program` turns it into text and an exit code, in one place. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** The value, or the end of the verb. */
export function valueOrFail<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new CommandFailure(result.error);
}

/** The value, or the end of the verb with everything that is wrong with what was typed. */
export function validOrFail<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  throw new CommandFailure({ reason: 'invalid-input', problems: result.error });
}

/** Ends the verb because one flag or argument cannot be right. */
export function invalidArgument(where: string, message: string): CommandFailure {
  return new CommandFailure({ reason: 'invalid-input', problems: [{ location: null, where, message }] });
}
