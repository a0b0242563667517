import type { RollbackRequest } from './phase.js';

/**
 * Why everything goes back. Where a person asked for what the guard had begun, both are said: whoever reads it afterwards wants to know what
 * the guard saw, and that somebody was there.
 */
export function rollbackReason({ because, who, guardBecause }: RollbackRequest): string {
  return guardBecause === undefined ? because : `the guard: ${guardBecause}; confirmed by ${who}: ${because}`;
}

/** What the guard had said, of a rollback that somebody asks for again; absent where it never did. */
export function guardReason(
  first: RollbackRequest | null,
  by: RollbackRequest['by'],
): Pick<RollbackRequest, 'guardBecause'> {
  if (first === null || by === 'guard') return {};
  const guardBecause = first.by === 'guard' ? first.because : first.guardBecause;
  return guardBecause === undefined ? {} : { guardBecause };
}
