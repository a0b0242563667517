import type { Lab } from '../../src/lab/lab.js';
import type { LoggedRequest } from '../../src/lab/route53/request-log.js';
import type { LabRecord } from '../../src/lab/zone/record.js';

/** One batch that is or was in force, read from the lab's own log of what it was asked to do. */
export interface Write {
  /** Of the marker it left, or null when it left none. */
  readonly generation: number | null;
  /** The target's percentage, or the side that everything is given to by a plain record. */
  readonly gives: number | 'source' | 'target' | 'neither';
  readonly state: string | null;
}

/** Every committed batch, oldest first, whether its answer was delivered or not. */
export function writesOf(lab: Lab): readonly Write[] {
  return changesOf(lab).flatMap(({ committed }) => {
    if (committed === undefined) return [];
    const created = committed.changes.filter(({ action }) => action !== 'DELETE').map(({ record }) => record);
    const marker = textOf(created.filter(({ type }) => type === 'TXT'));
    const records = created.filter(({ type }) => type !== 'TXT');
    const generation = / gen=(\d+) /.exec(marker)?.[1];
    return [
      {
        generation: generation === undefined ? null : Number(generation),
        state: / state=(\w+) /.exec(marker)?.[1] ?? null,
        gives: givenBy(lab, records),
      },
    ];
  });
}

/** Every call of a migration that asked for a change, refused and lost ones included. */
export function changesOf(lab: Lab): readonly LoggedRequest[] {
  return lab.route53.requests.filter(
    (request) => request.action === 'ChangeResourceRecordSets' && !isOfPreflight(request),
  );
}

/** What preflight asks: batches that can only fail, and the proof at a name of its own. */
function isOfPreflight({ outcome, committed }: LoggedRequest): boolean {
  if (committed !== undefined)
    return committed.changes.every(({ record }) => record.name.startsWith(proofLabel));
  return outcome.kind === 'refused' && /set-identifier='(no-such-|shift-test)/.test(outcome.message);
}

const proofLabel = '_shift-test.';

/** What a migration through these shares writes when nobody disturbs it, step by step. */
export function stepsThrough(shares: readonly number[]): readonly Write[] {
  const given = [0, ...shares].map((gives, index) => ({ generation: index + 1, gives, state: 'live' }));
  return [...given, { generation: given.length + 1, gives: 'target', state: 'ended' }];
}

export const wholeMigration: readonly Write[] = stepsThrough([10, 25, 50, 100]);

/** The same through the two stages of the short policy. */
export const shortMigration: readonly Write[] = stepsThrough([50, 100]);

/** The write that gives everything back to the source. */
export function rolledBackIn(generation: number): Write {
  return { generation, gives: 'source', state: 'ended' };
}

/** What stands at the host now, one line per record, without the marker. */
export function standing(lab: Lab): readonly string[] {
  return recordsAt(lab, `${lab.host}.`).map((record) => {
    const to = record.alias === undefined ? (record.values ?? []).join(' ') : `alias ${record.alias.dnsName}`;
    const side = to.includes(lab.target.dnsName) ? 'target' : to.includes(lab.source.dnsName) ? 'source' : to;
    const weight = record.weight === undefined ? '' : ` weight ${record.weight}`;
    return `${record.type} ${record.ttl ?? 'alias'}${weight} ${side}`;
  });
}

/** The text of the marker that stands there now; empty when there is none. */
export function markerOf(lab: Lab): string {
  return textOf(recordsAt(lab, `_shift.${lab.host}.`));
}

export function recordsAt(lab: Lab, name: string): readonly LabRecord[] {
  return (lab.zones.records(lab.zoneId) ?? []).filter((record) => record.name === name);
}

function textOf(records: readonly LabRecord[]): string {
  return records
    .flatMap(({ values = [] }) => values)
    .map((value) => value.replaceAll('" "', '').replaceAll('"', ''))
    .join('\n');
}

function givenBy(lab: Lab, created: readonly LabRecord[]): Write['gives'] {
  const to = (name: string): readonly LabRecord[] =>
    created.filter(({ values = [] }) => values.some((value) => value.startsWith(name)));
  const [target] = to(lab.target.dnsName);
  const [source] = to(lab.source.dnsName);
  if (target?.weight !== undefined && source?.weight !== undefined)
    return (100 * target.weight) / (target.weight + source.weight);
  if (target !== undefined && source === undefined) return 'target';
  return source !== undefined && target === undefined ? 'source' : 'neither';
}
