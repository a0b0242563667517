import { z } from 'zod';
import type { Millis } from '../time.js';
import { durationSchema } from './duration-schema.js';
import type { FailoverPolicy } from './policy.js';
import type { FailoverText } from './policy-text.js';
import { wholeNumber } from './probes-schema.js';
import { wrongKind } from './schema-check.js';

const settings = z.strictObject({
  interval: z.enum(['10s', '30s']).exactOptional().meta({
    description:
      'How often each checker of Route 53 asks the target; every 10 seconds costs more. 30s when left out.',
  }),
  threshold: wholeNumber(1, 10).exactOptional().meta({
    description: 'Answers in a row that change the mind of a checker; 3 when left out.',
  }),
  healthyFor: durationSchema({
    about:
      'How long the checkers must have found the target healthy before its check is attached; 3m when left out.',
    least: '1s',
    most: '1h',
  }).exactOptional(),
  askAt: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'is not a host name' })
    .exactOptional()
    .meta({
      description:
        "The name that the checkers ask, which is also the Host they send. A Heroku app needs its herokuapp.com name here; else the target's own.",
    }),
});

/** The failover that Route 53 does by itself: `off`, `health-checks`, or the latter with its settings. */
export const failoverSchema: z.ZodType<FailoverText> = z.union([settings, z.enum(['off', 'health-checks'])], {
  error: (issue) => wrongKind('off, health-checks or a mapping {interval: 10s, threshold: 3}', issue.input),
});

const defaultHealthyForMs = 180_000 as Millis;
const defaultThreshold = 3;

/** The settings with their defaults; null is off. */
export function failoverPolicy(text: FailoverText): FailoverPolicy | null {
  if (text === 'off') return null;
  const { interval, threshold, healthyFor, askAt } = text === 'health-checks' ? {} : text;
  return {
    intervalSeconds: interval === '10s' ? 10 : 30,
    threshold: threshold ?? defaultThreshold,
    healthyForMs: healthyFor ?? defaultHealthyForMs,
    askAt: askAt ?? null,
  };
}
