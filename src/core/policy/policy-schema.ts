import { z } from 'zod';
import { defaultApproveWithinMs } from '../approval.js';
import { formatDuration } from '../time.js';
import { calendarKeys, daySpanSchema } from './calendar-schema.js';
import { durationSchema } from './duration-schema.js';
import { finalizeSchema } from './finalize-schema.js';
import { failoverSchema } from './failover-schema.js';
import { hooksSchema, notifySchema } from './notify-schema.js';
import { defaultBakeMs, defaultGapTicks, type PolicyText } from './policy-text.js';
import { probesSchema, wholeNumber } from './probes-schema.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

/** Names also become file names and table cells. */
export const policyNamePattern: RegExp = /^[a-z0-9][a-z0-9-]{0,62}$/;
const maxStages = 20;

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

const stageMapping = z.strictObject({
  share,
  dwell: durationSchema(dwell).exactOptional(),
  dwellOver: daySpanSchema
    .meta({
      description: 'Local hours, the daily peak for instance, that must be watched whole once as well.',
    })
    .exactOptional(),
  approve: z.boolean().exactOptional().meta({
    description: 'Whether a person must approve this stage before it is entered; the gate must allow it too.',
  }),
});

const stage = z.union([share, stageMapping], {
  error: (issue) => wrongKind('a share such as 25 or a mapping {share: 25, dwell: 1h}', issue.input),
});

const latency = z.union(
  [
    z.enum(['off', 'p99']),
    z.strictObject({
      slowerThan: durationSchema({
        about: 'A request that takes longer is slow.',
        least: '1ms',
        most: '60s',
      }),
    }),
  ],
  { error: (issue) => wrongKind('off, p99 or a mapping {slowerThan: 500ms}', issue.input) },
);

const gate = z.strictObject({
  evidence: z.enum(['metrics', 'probes']).prefault('metrics').meta({
    description:
      'What a stage is judged by: the requests of users on both sides and our probes, or our probes alone.',
  }),
  alpha: numberBetween(0.0001, 0.05).prefault(0.01).meta({
    description: 'The chance, over a whole healthy migration, of rolling it back.',
  }),
  tolerance: numberBetween(1, 3).prefault(1.25).meta({
    description: "How many times the source's error rate the target may have.",
  }),
  minErrorRate: numberBetween(0.000001, 0.05).prefault(0.0002).meta({
    description: 'An error rate that is never held against anyone.',
  }),
  budget: numberBetween(0.001, 0.2).prefault(0.02).meta({
    description: 'The share of all requests that the next stage may expose to failure, with 95 % confidence.',
  }),
  latency: latency.prefault('off').meta({
    description:
      'Response times: not judged, compared by their 99th percentile, or by the requests slower than a limit.',
  }),
  blindAfter: durationSchema({
    about: "How long the target's metrics may be silent while requests are due there.",
    least: '1s',
    most: '1d',
  }).prefault('15m'),
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
    finalAs: z.enum(['cname', 'alias']).prefault('cname').meta({
      description:
        'The record that stands in the end: a plain CNAME, or to a target on AWS an alias A and AAAA.',
    }),
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
    holdback: wholeNumber(0, 10).prefault(0).meta({
      description:
        'Percent that the source keeps in the last stage, as a live control, until the bake ends; then everything goes to the target.',
    }),
    finalizeWhen: finalizeSchema.exactOptional(),
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
    ...calendarKeys,
    approveWithin: durationSchema({
      about: `How long a person's approval can be used; ${formatDuration(defaultApproveWithinMs)} when it is left out.`,
      least: '1s',
      most: '30d',
    }).exactOptional(),
    probes: probesSchema.prefault({}),
    gate: gate.prefault({}),
    failover: failoverSchema.prefault('off').meta({
      description:
        'Whether Route 53 itself gives everything to the source while its own health checks find the target down.',
    }),
    notify: notifySchema.exactOptional(),
    hooks: hooksSchema.exactOptional(),
    lab: z.boolean().prefault(false).meta({
      description: 'Allows times too short for production and refuses every endpoint that is not loopback.',
    }),
  })
  .meta({ title: 'Policy of a shift migration' });

function numberBetween(least: number, most: number): z.ZodNumber {
  return z
    .number({ error: (issue) => wrongKind(`a number from ${least} to ${most}`, issue.input) })
    .min(least)
    .max(most);
}
