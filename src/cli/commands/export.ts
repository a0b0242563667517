import { composeZoneReader } from '../../compose/zone-reader.js';
import { exportedNames, type ExportedZone } from '../../core/export/exported-records.js';
import { terraformText } from '../../core/export/terraform.js';
import { zoneFileText } from '../../core/export/zone-file.js';
import { markerName, type RecordName } from '../../core/record-name.js';
import type { RecordSet } from '../../core/record-set.js';
import type { CommandContext } from '../command-context.js';
import { CommandFailure, valueOrFail } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { readScope, type ScopeOptions } from '../migration-scope.js';

/** The records of a migration's hosts as they stand in the zone now, read from Route 53 and not from the journal. */
export async function exportRecords(
  context: CommandContext,
  host: string | undefined,
  options: ScopeOptions & { readonly as: 'terraform' | 'zonefile' },
): Promise<number> {
  const { config, terminal, signal } = context;
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
  terminal.out((options.as === 'terraform' ? terraformText(zone) : zoneFileText(zone)).trimEnd());
  return exitCode.done;
}

function isNotDelegation({ type }: RecordSet): boolean {
  return type !== 'SOA' && type !== 'NS';
}
