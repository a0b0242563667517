import type { CommandContext } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';

export interface AliasOptions extends ConfirmedOptions {
  readonly aliasZoneId?: string;
  readonly wait: boolean;
}

/** Route 53's ids of hosted zones: upper-case letters and digits. */
const zoneIdPattern = /^Z[A-Z0-9]{1,31}$/;

/** The plain record of a completed migration becomes an alias to its target on AWS. */
export function finalizeAsAlias(
  context: CommandContext,
  host: string | undefined,
  options: AliasOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const { aliasZoneId = null } = options;
  if (aliasZoneId !== null && !zoneIdPattern.test(aliasZoneId))
    throw invalidArgument('--alias-zone-id', 'is the id of a hosted zone, for instance Z32O12XQLNTSW2');
  return confirmAndWrite(context, host, options, {
    question: 'Write the alias?',
    propose: (migrations, id) => migrations.proposeAlias(id, aliasZoneId, signal),
    done: async (migrations, state, name) => {
      terminal.out(`accepted: ${name} becomes an alias to its target`);
      if (!options.wait) return exitCode.done;
      const later = await migrations.untilPast(state, 'finalizing', signal);
      if (later.phase.phase === 'completed') {
        terminal.out('completed: every name server has it, and cached answers have expired');
        return exitCode.done;
      }
      terminal.err(
        `shiftctl: accepted, but ${name} is ${later.phase.phase}; look with: shiftctl status ${name}`,
      );
      return later.phase.phase === 'finalizing' ? exitCode.interrupted : exitCodeOfState(later);
    },
  });
}
