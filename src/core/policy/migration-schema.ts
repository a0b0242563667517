import { z } from 'zod';
import { maxHosts } from '../plan.js';
import { metricsSchema } from './metrics-schema.js';
import type { MetricsText } from './metrics-text.js';
import { policySchema } from './policy-schema.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

/** A migration file as it is spelled; names and sides are read in a second step. */
export interface MigrationText {
  readonly zone?: string;
  readonly policy?: unknown;
  readonly hosts: Readonly<Record<string, HostText>>;
}

interface HostText {
  readonly from: string;
  readonly to: string;
  readonly metrics?: MetricsText;
}

const side = z
  .string({ error: (issue) => wrongKind('heroku:<app> or aws:<dns name>', issue.input) })
  .meta({ description: 'heroku:<app> or aws:<dns name>', pattern: '^(heroku|aws):.+$' });

const zone = z
  .string()
  .regex(/^(\/hostedzone\/)?Z[A-Z0-9]{1,31}$/, {
    error: (issue) =>
      `${quoted(String(issue.input))} is not the id of a hosted zone; it looks like Z0123456789ABCDEFGHIJ`,
  })
  .meta({ description: 'The id of the public hosted zone; found by the host names when it is left out.' });

const hosts = z
  .record(z.string(), z.strictObject({ from: side, to: side, metrics: metricsSchema.exactOptional() }))
  .refine((entries) => Object.keys(entries).length > 0, { error: 'names no host' })
  .refine((entries) => Object.keys(entries).length <= maxHosts, {
    error: (issue) =>
      `names ${Object.keys(Object(issue.input) as object).length} hosts; one migration moves at most ${maxHosts}`,
  })
  .meta({
    description: 'The hosts that move together and their two sides.',
    minProperties: 1,
    maxProperties: maxHosts,
  });

/** Every key of a migration file. A policy that is written into it is checked on its own, so that its places are known. */
export const migrationSchema: z.ZodType<MigrationText> = fileWith(z.unknown());

/** The whole file, for editors. */
export const documentedMigrationSchema: z.ZodType = fileWith(
  z
    .union([
      z.string().meta({ description: 'A name such as standard, or the path of a policy file.' }),
      policySchema,
    ])
    .meta({ description: 'How it moves.' }),
);

function fileWith(policy: z.ZodType): z.ZodType<MigrationText> {
  return z
    .strictObject({ zone: zone.exactOptional(), policy: policy.exactOptional(), hosts })
    .meta({ title: 'A shift migration' });
}
