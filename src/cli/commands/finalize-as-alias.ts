import type { CommandContext } from '../command-context.js';
import { confirmAndWrite, type ConfirmedOptions } from '../confirmed-write.js';
import { exitCode, exitCodeOfState } from '../exit-code.js';
import { typedZoneId } from '../zone-id.js';

export interface AliasOptions extends ConfirmedOptions {
  readonly aliasZoneId?: string;
  readonly wait: boolean;
}

/** The plain record of a completed migration becomes an alias to its target on AWS. */
export function finalizeAsAlias(
  context: CommandContext,
  host: string | undefined,
  options: AliasOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const aliasZoneId = typedZoneId(options.aliasZoneId);
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
