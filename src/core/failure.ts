/**
 * What can go wrong between this program and an outside system, as data. One `classify` function per adapter makes these;
 * nothing above an adapter reads an SDK's error names.
 */
export interface ProviderFailure {
  readonly reason: ProviderFailureReason;
  readonly provider: 'route53' | 'heroku' | 'dns' | 'probe' | 'metrics';
  /** The call as its documentation names it, for instance `ChangeResourceRecordSets`. */
  readonly operation: string;
  /** One sentence without secrets; foreign text in it is stripped of control characters. */
  readonly message: string;
  /** The single messages of a refused change batch, in the provider's order; empty for every other failure. */
  readonly details: readonly string[];
  /** Present where the credentials have ended or are gone, so that only renewing them helps. */
  readonly expired?: true;
}

/**
 * - `throttled`: ask again later, nothing was done.
 * - `busy`: the provider is still at work on an earlier request (PriorRequestNotComplete), nothing was done.
 * - `denied`: credentials or permission; a person must act.
 * - `not-found`: the zone, app, domain or name does not exist.
 * - `conflict`: a compare-and-swap was refused, nothing was done (but see `core/drift`: an earlier request may have landed).
 * - `invalid`: the provider says the request itself is wrong.
 * - `timeout`, `unavailable`, `unknown`: a write may or may not have happened; read before concluding anything.
 */
export type ProviderFailureReason =
  | 'throttled'
  | 'busy'
  | 'denied'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'timeout'
  | 'unavailable'
  | 'unknown';

/** A place in a file a person wrote, counted from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with what a person typed or wrote; all of them are reported at once. */
export interface Problem {
  readonly location: Location | null;
  /** The path of the value inside the file or the flag, for instance `stages[2].share` or `--from`. */
  readonly where: string;
  readonly message: string;
}

/** Why a verb did not do what was asked. Exit codes and text are made from it in one place, `cli/failure-report`. */
export type Failure =
  /** Input that cannot be right, whatever the world looks like (exit 2). */
  | { readonly reason: 'invalid-input'; readonly problems: readonly Problem[] }
  /** The world does not allow it: a check saw something that must be put right first (exit 3). */
  | { readonly reason: 'refused'; readonly check: string; readonly message: string; readonly fix: string }
  /** Someone else changed or holds what this verb needs (exit 6). */
  | { readonly reason: 'conflict'; readonly message: string; readonly fix: string }
  /** An outside system does not answer as it should (exit 7). */
  | { readonly reason: 'provider'; readonly failure: ProviderFailure; readonly changed: string };
