import { composeZoneReader } from '../../compose/zone-reader.js';
import { exportedNames, type ExportedZone } from '../../core/export/exported-records.js';
import { terraformText } from '../../core/export/terraform.js';
import { zoneFileText } from '../../core/export/zone-file.js';
import { markerName, type RecordName } from '../../core/record-name.js';
import type { RecordSet } from '../../core/record-set.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { CommandFailure, invalidArgument, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { jsonText } from '../render/json-text.js';
import { readScope, type ScopeOptions } from '../migration-scope.js';

/** The shape of `export -o json`; the number grows when a field changes its meaning or goes away. */
const exportVersion = 1;

/** What `export -o json` prints. */
export interface ExportOutput {
  readonly version: number;
  readonly zone: ExportedZone;
}

export interface ExportOptions extends ScopeOptions {
  readonly as?: 'terraform' | 'zonefile';
  readonly output?: OutputFormat;
}

/** The records of a migration's hosts as they stand in the zone now, read from Route 53 and not from the journal. */
export async function exportRecords(
  context: CommandContext,
  host: string | undefined,
  options: ExportOptions,
): Promise<number> {
  const { config, terminal, signal } = context;
  if ((options.as === undefined) !== (options.output === 'json'))
    throw invalidArgument('--as', 'choose one: --as terraform, --as zonefile or -o json');
  const { hosts, zoneId } = await readScope(context, host, options);
  const reader = await composeZoneReader(config);
  const [first] = hosts;
  if (first === undefined) return exitCode.done;
  const { name } = valueOrFail(await reader.find(first, zoneId, signal));
  const read = await reader.records(zoneId, [name, ...exportedNames(hosts)], signal);
  if (!read.ok)
    throw new CommandFailure({ reason: 'provider', failure: read.error, changed: 'nothing was changed' });
  const at = (wanted: RecordName): readonly RecordSet[] =>
    read.value.filter((record) => record.name === wanted);
  const zone: ExportedZone = {
    id: zoneId,
    name,
    apex: at(name).filter(({ type }) => type === 'SOA' || type === 'NS'),
    hosts: hosts.map((exported) => ({
      host: exported,
      records: exported === name ? at(exported).filter(isNotDelegation) : at(exported),
      marker: at(markerName(exported)),
    })),
  };
  const output: ExportOutput = { version: exportVersion, zone };
  if (options.output === 'json') terminal.out(jsonText(output));
  else terminal.out((options.as === 'terraform' ? terraformText(zone) : zoneFileText(zone)).trimEnd());
  return exitCode.done;
}

function isNotDelegation({ type }: RecordSet): boolean {
  return type !== 'SOA' && type !== 'NS';
}
