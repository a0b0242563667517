import { z } from 'zod';
import type { Millis } from '../time.js';
import { durationSchema } from './duration-schema.js';
import { wrongKind } from './schema-check.js';

/** The key `finalizeWhen` of a policy file. */
export interface FinalizeText {
  readonly sourceBelow: number;
  readonly for: Millis;
}

const most = 1_000_000;

export const finalizeSchema: z.ZodType<FinalizeText> = z
  .strictObject({
    sourceBelow: z
      .number({ error: (issue) => wrongKind('requests a minute, such as 5', issue.input) })
      .gt(0, { error: 'must be more than 0: below none there is nothing' })
      .max(most)
      .meta({ description: 'Requests a minute; our own probes are not counted.' }),
    for: durationSchema({
      about: 'How long the source must have been below it.',
      least: '1m',
      most: '30d',
    }).prefault('30m'),
  })
  .meta({
    description:
      'What the last stage waits for besides its bake, for as long as it takes: that hardly anybody reaches the source any more.',
  });
