import type { Result } from '../../src/core/result.js';
import type { Migrations } from '../../src/engine/migrations.js';
import { operator } from '../engine/world.js';
import type { Word } from './zone-log.js';

/** Says a word to a controller, as the command line would. */
export function spoken(
  migrations: Migrations,
  id: string,
  word: Word,
  signal: AbortSignal,
): Promise<Result<unknown, { readonly reason: string }>> {
  switch (word) {
    case 'pause':
    case 'resume':
      return migrations[word](id, operator);
    case 'approve':
      return migrations.approve(id, operator);
    case 'promote':
      return migrations.promote(id, operator, { to: null, override: false });
    case 'leap':
      return migrations.promote(id, operator, { to: 100, override: true });
    case 'finalize':
      return migrations.finalize(id, operator, false);
    case 'rollback':
      return migrations.rollBack(id, operator, signal);
    case 'adopt':
    case 'restore':
    case 'forget':
      return proposed(migrations, id, word);
  }
}

async function proposed(
  migrations: Migrations,
  id: string,
  verb: 'adopt' | 'restore' | 'forget',
): Promise<Result<unknown, { readonly reason: string }>> {
  const proposal = await migrations.propose(id, verb);
  return proposal.ok ? migrations.carryOut(proposal.value, operator) : proposal;
}
