import { unreachable } from '../result.js';
import type { Command, MessageKind } from './message.js';

/**
 * What somebody who got this message can type, the most likely first.
 *
 * @param anywhere the rollback that needs no journal; null where no one line of it is right
 */
export function commandsFor(
  kind: MessageKind,
  host: string,
  anywhere: string | null = `shiftctl rollback ${host} --no-state`,
): readonly Command[] {
  const look: Command = { does: 'see why', here: `shiftctl status ${host} --why`, anywhere: null };
  const back: Command = {
    does: 'put everything back to the old side',
    here: `shiftctl rollback ${host}`,
    anywhere,
  };
  switch (kind) {
    case 'rolling-back':
    case 'alarm':
      return [look, back];
    case 'halted':
      return [
        { does: 'see more', here: `shiftctl status ${host}`, anywhere: null },
        back,
        {
          does: 'keep what stands in the zone and go on from it',
          here: `shiftctl adopt ${host}`,
          anywhere: null,
        },
        {
          does: "put this stage's own records back and go on",
          here: `shiftctl repair ${host}`,
          anywhere: null,
        },
      ];
    case 'asked':
      return [
        look,
        { does: 'go on', here: `shiftctl approve ${host} --reason "<why>"`, anywhere: null },
        back,
      ];
    case 'rolled-back':
    case 'restored':
    case 'completed':
      return [{ does: 'see what happened', here: `shiftctl history ${host}`, anywhere: null }];
    case 'paused':
      return [{ does: 'go on', here: `shiftctl resume ${host}`, anywhere: null }, back];
    case 'stage-reached':
    case 'resumed':
    case 'approved':
    case 'held':
    case 'gap':
    case 'alarm-over':
    case 'plan-file-changed':
      return [look, back];
    default:
      return unreachable(kind);
  }
}
