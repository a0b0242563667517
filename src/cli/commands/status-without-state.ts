import { composeStatelessStatus } from '../../compose/stateless-status.js';
import type { ZoneStatus } from '../../engine/status-without-state.js';
import { hostName } from '../../core/record-name.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { zoneStatusView } from '../render/zone-status-view.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `status --no-state -o json`; the number grows when a field changes its meaning or goes away. */
const zoneStatusVersion = 1;

/** What `status --no-state -o json` prints. */
export interface ZoneStatusOutput extends ZoneStatus {
  readonly version: number;
}

/** `status --no-state`: from the zone and its markers alone. With `--exit-code` an overdue controller is 5. */
export async function statusWithoutState(
  { config, terminal }: CommandContext,
  typed: string | undefined,
  options: { readonly zone?: string; readonly exitCode?: boolean; readonly output: OutputFormat },
): Promise<number> {
  const host = hostName(typed ?? '');
  if (!host.ok) throw invalidArgument('host', `${host.error}; without the journal the host must be named`);
  const look = await composeStatelessStatus(config);
  const found = valueOrFail(await look(host.value, options.zone ?? null));
  const output: ZoneStatusOutput = { version: zoneStatusVersion, ...found };
  if (options.output === 'json') terminal.out(jsonText(output));
  else for (const line of zoneStatusView(found)) terminal.out(line);
  return options.exitCode === true && found.overdueMs !== null ? exitCode.waitsForPerson : exitCode.done;
}
