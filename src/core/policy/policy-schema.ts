import { z } from 'zod';
import { formatDuration } from '../time.js';
import { durationSchema } from './duration-schema.js';
import { defaultBakeMs, defaultGapTicks, type PolicyText } from './policy-text.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

/** Names also become file names and table cells. */
export const policyNamePattern: RegExp = /^[a-z0-9][a-z0-9-]{0,62}$/;
const maxStages = 20;
const maxProbeWindow = 60;

const dwell = {
  about: 'The least time a stage is watched after it has settled.',
  least: '100ms',
  most: '30d',
};

const share = z
  .int({ error: (issue) => wrongKind('a whole number from 1 to 100', issue.input) })
  .min(1, {
    error: (issue) =>
      issue.input === 0
        ? 'a stage of 0 moves nothing: the take-over already stands at 0; begin with 1 or more'
        : `a share is at least 1, not ${String(issue.input)}`,
  })
  .max(100, { error: (issue) => `a share is at most 100, not ${String(issue.input)}` })
  .meta({ description: "The target's percentage." });

const stage = z.union([share, z.strictObject({ share, dwell: durationSchema(dwell).exactOptional() })], {
  error: (issue) => wrongKind('a share such as 25 or a mapping {share: 25, dwell: 1h}', issue.input),
});

const failedWords = `two numbers such as "3 of 6", the second at most ${maxProbeWindow}`;
const failed = z
  .string({ error: (issue) => wrongKind(failedWords, issue.input) })
  .regex(/^[0-9]{1,3} of [0-9]{1,3}$/, {
    error: (issue) => `expected ${failedWords}, not ${quoted(String(issue.input))}`,
  })
  .transform((text, context) => {
    const [count = 0, of = 0] = text.split(' of ').map(Number);
    if (count < 1)
      context.addIssue({ code: 'custom', message: `"${text}" would fail a side that never failed` });
    if (count > of)
      context.addIssue({ code: 'custom', message: `"${text}" can never happen; write "${of} of ${count}"` });
    if (of > maxProbeWindow)
      context.addIssue({
        code: 'custom',
        message: `"${text}" looks back over more than ${maxProbeWindow} probes`,
      });
    return { count, of };
  })
  .meta({ description: 'A side is failing when at least so many of its last probes failed.' });

const jsonPointers = z.record(
  z.string().regex(/^\//, {
    error: (issue) =>
      `${quoted(String(issue.input))} is not a JSON pointer; it begins with a slash, for example /status`,
  }),
  z.union([z.string(), z.number(), z.boolean(), z.null()], {
    error: (issue) => wrongKind('one plain value', issue.input),
  }),
);

const expectation = z.strictObject({
  status: z
    .array(wholeNumber(100, 599))
    .min(1)
    .max(20)
    .prefault([200])
    .meta({ description: 'Accepted statuses; a redirect counts only when named here.' }),
  body: z
    .string()
    .min(1)
    .max(1000)
    .nullable()
    .prefault(null)
    .meta({ description: 'Text the body must contain.' }),
  json: jsonPointers
    .refine((values) => Object.keys(values).length <= 20, { error: 'must have at most 20 entries' })
    .nullable()
    .prefault(null)
    .meta({ description: 'Values the JSON body must have, by JSON pointer (RFC 6901).' }),
});

const probes = z.strictObject({
  path: z
    .string()
    .max(1024)
    .regex(/^\/[!-"$-~]*$/, { error: (issue) => badPath(String(issue.input)) })
    .prefault('/')
    .meta({ description: 'The path that is asked for, with its query.' }),
  port: wholeNumber(1, 65_535).prefault(443),
  every: durationSchema({ about: 'Time between two probes of a side.', least: '50ms', most: '1h' }).prefault(
    '2s',
  ),
  timeout: durationSchema({ about: 'Total time for one answer.', least: '10ms', most: '30s' }).prefault('5s'),
  failed: failed.prefault('3 of 6'),
  expect: expectation.prefault({}),
  preflight: z
    .strictObject({
      count: wholeNumber(1, 100).prefault(20),
      every: durationSchema({ about: 'Time between two of them.', least: '50ms', most: '10s' }).prefault(
        '500ms',
      ),
    })
    .prefault({})
    .meta({ description: 'Probes sent to each side before anything is written; none may fail.' }),
});

const gate = z.strictObject({
  maxHold: durationSchema({
    about: 'Time over the dwell after which the gate asks a person.',
    least: '0s',
    most: '30d',
  }).prefault('60m'),
  onAsk: z
    .enum(['hold', 'rollback'])
    .prefault('hold')
    .meta({ description: 'What happens while nobody answers.' }),
});

/** Every key of a policy file; a key that is not here is refused. */
export const policySchema: z.ZodType<PolicyText> = z
  .strictObject({
    name: z
      .string()
      .regex(policyNamePattern, {
        error: (issue) =>
          `${quoted(String(issue.input))} is not a name; write lower-case letters, digits and hyphens`,
      })
      .exactOptional()
      .meta({ description: "Shown in status and history; the file's name when it is left out." }),
    stages: z
      .array(stage)
      .min(1, { error: 'names no stage; write for example [10, 25, 50, 100]' })
      .max(maxStages)
      .meta({ description: "The target's shares, each larger than the one before, the last one 100." }),
    ttl: durationSchema({
      about: 'TTL of every record while the migration runs and after a rollback.',
      least: '1s',
      most: '1d',
      wholeSeconds: true,
    }).prefault('60s'),
    finalTtl: durationSchema({
      about: "TTL of the record that stands in the end; the original record's when it is left out.",
      least: '1s',
      most: '1d',
      wholeSeconds: true,
    }).exactOptional(),
    tail: durationSchema({
      about: 'Extra settling time for resolvers that answer late.',
      least: '0s',
      most: '1h',
    }).prefault('30s'),
    dwell: durationSchema(dwell).prefault('30m'),
    bake: durationSchema({
      ...dwell,
      about: `Dwell of the last stage; ${formatDuration(defaultBakeMs)} when it is left out.`,
    }).exactOptional(),
    tickEvery: durationSchema({
      about: 'Time between two looks at the world.',
      least: '100ms',
      most: '1h',
    }).prefault('1m'),
    gapAfter: durationSchema({
      about: `A pause between ticks above this restarts the dwell; ${defaultGapTicks} ticks when it is left out.`,
      least: '200ms',
      most: '1d',
    }).exactOptional(),
    bucketSeconds: z.literal([1, 10, 60]).prefault(60).meta({ description: 'Length of one metric bucket.' }),
    settleDelay: durationSchema({
      about: 'How late a metric bucket may still change.',
      least: '0s',
      most: '1h',
    }).prefault('3m'),
    probes: probes.prefault({}),
    gate: gate.prefault({}),
    lab: z.boolean().prefault(false).meta({
      description: 'Allows times too short for production and refuses every endpoint that is not loopback.',
    }),
  })
  .meta({ title: 'Policy of a shift migration' });

function badPath(path: string): string {
  if (!path.startsWith('/')) return `${quoted(path)} must begin with a slash`;
  return `${quoted(path)} has a character that cannot stand in a path; write it percent-encoded, a space as %20`;
}

function wholeNumber(least: number, most: number): z.ZodInt {
  return z
    .int({
      error: (issue) =>
        issue.code === 'invalid_type' ? wrongKind('a whole number', issue.input) : undefined,
    })
    .min(least)
    .max(most);
}
