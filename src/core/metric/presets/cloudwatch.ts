import type { SideName } from '../../probe.js';
import { displayName, type RecordName } from '../../record-name.js';
import type { CloudWatchSpec, MetricQuery } from '../metric-query.js';

/** Whose requests a set of queries measures. */
export interface MeasuredSide {
  readonly host: RecordName;
  readonly side: SideName;
}

/** One query of a preset, before it is known whose side it measures. `part` tells it from the others of the side. */
export interface QueryPart extends Pick<MetricQuery, 'role' | 'unit' | 'whenMissing'> {
  readonly part: string;
  readonly spec: CloudWatchSpec;
}

/** A metric of a service without its statistic. */
export type MetricPlace = Omit<CloudWatchSpec, 'source' | 'statistic'>;

export function specOf(place: MetricPlace, statistic: string): CloudWatchSpec {
  return { source: 'cloudwatch', ...place, statistic };
}

export function queriesOf(whose: MeasuredSide, parts: readonly QueryPart[]): readonly MetricQuery[] {
  return parts.map(({ part, role, unit, whenMissing, spec }) => ({
    id: idOf(whose, part),
    ...whose,
    role,
    unit,
    whenMissing,
    name: role,
    spec,
  }));
}

/**
 * Any metric by name and dimensions, watched beside the requests, for instance the `DatabaseConnections` of `AWS/RDS`. `name` is what
 * people call it; two gauges of one side need two names.
 */
export function cloudWatchGauge(
  name: string,
  whose: MeasuredSide,
  spec: Omit<CloudWatchSpec, 'source'>,
): MetricQuery {
  return {
    id: idOf(whose, `gauge.${escaped(name)}`),
    ...whose,
    role: 'gauge',
    unit: 'number',
    whenMissing: 'unknown',
    name,
    spec: { source: 'cloudwatch', ...spec },
  };
}

/** The id of one query of a side. */
export function idOf({ host, side }: MeasuredSide, part: string): string {
  return `${displayName(host)}.${side}.${part}`;
}

/** Every character that an id may not have becomes its number, so that two names never share an id. */
export function escaped(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/gu, (character) => `.${(character.codePointAt(0) ?? 0).toString(16)}.`);
}
