import type { Lab } from '../../src/lab/lab.js';
import type { LabRecord } from '../../src/lab/zone/record.js';

/** The records of the live host between two commits, or since the last one. */
export interface ZoneState {
  /** On the lab's clock; 0 for what stood there before the first commit. */
  readonly sinceMs: number;
  readonly records: readonly LabRecord[];
}

/** Every state that the live host's records have been in, oldest first, rebuilt from the lab's own log of committed batches. */
export function zoneStates(lab: Lab, initial: readonly LabRecord[]): readonly ZoneState[] {
  const states: ZoneState[] = [{ sinceMs: 0, records: initial }];
  for (const { atMs, committed } of lab.route53.requests) {
    // What a start proves in the zone, it proves at a name of its own.
    if (committed?.changes.some(({ record }) => record.name === `${lab.host}.`) !== true) continue;
    const records = new Map(states.at(-1)!.records.map((record) => [keyOf(record), record]));
    for (const { action, record } of committed.changes) {
      if (record.name !== `${lab.host}.`) continue;
      if (action === 'DELETE') records.delete(keyOf(record));
      else records.set(keyOf(record), record);
    }
    states.push({ sinceMs: atMs, records: [...records.values()] });
  }
  return states;
}

/** The state in force at an instant. */
export function stateAt(states: readonly ZoneState[], atMs: number): ZoneState {
  return states.findLast(({ sinceMs }) => sinceMs <= atMs) ?? states[0]!;
}

/**
 * What a state gives to the target, in percent, by Route 53's rule for weights. NaN when it gives traffic to neither side: no
 * record, a record that points elsewhere, or a pair whose weights are all 0.
 */
export function targetPercent(lab: Lab, { records }: ZoneState): number {
  const weightTo = (dnsName: string): number =>
    records
      .filter(({ values = [] }) => values.some((value) => value.replace(/\.$/, '') === dnsName))
      .reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  const [source, target] = [weightTo(lab.source.dnsName), weightTo(lab.target.dnsName)];
  const total = records.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  return source + target === total ? (100 * target) / total : NaN;
}

function keyOf({ name, type, setIdentifier }: LabRecord): string {
  return `${name} ${type} ${setIdentifier ?? ''}`;
}
