import { z } from 'zod';
import { millis, parseDuration, type Millis } from '../time.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

export interface DurationRange {
  /** For a reader of the schema file. */
  readonly about: string;
  readonly least: string;
  readonly most: string;
  /** A TTL is counted in whole seconds. */
  readonly wholeSeconds?: true;
}

const durationPattern = /^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$/;
const kind = 'a duration such as 30s, 10m or 24h';

/** A duration as text: `30s`, `1h30m`. A bare number is refused, because nobody can see what it counts. */
export function durationSchema(range: DurationRange): z.ZodType<Millis> {
  return z
    .string({ error: (issue) => `${wrongKind(kind, issue.input)}${withUnit(issue.input)}` })
    .max(40, { error: `is not ${kind}`, abort: true })
    .regex(durationPattern, { error: (issue) => `${quoted(String(issue.input))} is not ${kind}` })
    .transform((text, context) => {
      const duration = parseDuration(text);
      const refusal = duration.ok ? outOfRange(text, duration.value, range) : duration.error;
      if (refusal !== undefined) context.addIssue({ code: 'custom', message: refusal });
      return duration.ok ? duration.value : millis(0);
    })
    .meta({ description: `${range.about} From ${range.least} to ${range.most}.` });
}

function withUnit(input: unknown): string {
  return typeof input === 'number' && input >= 0 ? `; add the unit, for example ${input}s` : '';
}

function outOfRange(text: string, duration: number, range: DurationRange): string | undefined {
  if (duration < bound(range.least)) return `must be at least ${range.least}, not ${text}`;
  if (duration > bound(range.most)) return `must be at most ${range.most}, not ${text}`;
  if (range.wholeSeconds === true && duration % 1000 !== 0) return `must be whole seconds, not ${text}`;
  return undefined;
}

function bound(text: string): number {
  const duration = parseDuration(text);
  return duration.ok ? duration.value : Number.NaN;
}
