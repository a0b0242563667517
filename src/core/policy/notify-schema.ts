import { z } from 'zod';
import { messageKinds } from '../notify/message.js';
import { durationSchema } from './duration-schema.js';
import type { HooksText, NotifyText } from './notify-policy.js';
import { quoted } from './yaml-path.js';

/** More would be a mistake in the file. */
const maxChannels = 10;

/** Secrets are named, never written down: a policy is kept with the code and copied into every journal. */
const secret = z
  .string()
  .max(500)
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/, {
    error: 'does not say where the secret is; write env:NAME or file:/path/of/it',
  });

const url = z
  .string()
  .max(2000)
  .refine((text) => isHttps(text), {
    error: (issue) => `${quoted(String(issue.input))} is not an https URL without user and password`,
  });

const address = { url: url.exactOptional(), urlFrom: secret.exactOptional() };

const allowPrivate = z.boolean().prefault(false).meta({
  description: 'Allows an address that is not public, such as that of a host in the own network.',
});

const webhook = {
  ...address,
  secretFrom: secret
    .exactOptional()
    .meta({ description: 'The whsec_ secret that messages are signed with.' }),
  allowPrivate,
};

const oneAddress = 'needs either url or, when the URL is a secret itself, urlFrom';

function hasOneAddress(text: { url?: string; urlFrom?: string }): boolean {
  return (text.url === undefined) !== (text.urlFrom === undefined);
}

const channel = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
        error: 'is not a name; write lower-case letters, digits and hyphens',
      })
      .exactOptional(),
    on: z
      .array(z.enum(['page', 'inform', ...messageKinds]))
      .min(1)
      .exactOptional()
      .meta({ description: 'Which messages it gets; pages alone for pagerduty, everything for the others.' }),
    slack: z.strictObject({ urlFrom: secret }).exactOptional(),
    pagerduty: z
      .strictObject({ routingKeyFrom: secret, region: z.enum(['us', 'eu']).prefault('us') })
      .exactOptional(),
    webhook: z.strictObject(webhook).refine(hasOneAddress, { error: oneAddress }).exactOptional(),
  })
  .refine(
    ({ slack, pagerduty, webhook: own }) =>
      [slack, pagerduty, own].filter((one) => one !== undefined).length === 1,
    { error: 'needs exactly one of slack, pagerduty and webhook' },
  );

/** Who is told. */
export const notifySchema: z.ZodType<NotifyText> = z
  .strictObject({
    channels: z
      .array(channel)
      .max(maxChannels)
      .refine((channels) => areDistinct(channels.flatMap(({ name }) => name ?? [])), {
        error: 'names two channels alike; give each a name of its own',
      })
      .prefault([]),
    repeatEvery: durationSchema({
      about: 'Time between two pages about the same unfinished rollback.',
      least: '1s',
      most: '1d',
    }).prefault('10m'),
    heartbeat: z
      .strictObject({ ...address, allowPrivate })
      .refine(hasOneAddress, { error: oneAddress })
      .exactOptional()
      .meta({ description: 'Pinged after each complete tick; whoever listens there alarms when it stops.' }),
  })
  .meta({ description: 'Whom the migration tells about itself.' });

const hook = z
  .strictObject({
    ...webhook,
    timeout: durationSchema({
      about: 'How long an answer is waited for.',
      least: '100ms',
      most: '30s',
    }).prefault('10s'),
  })
  .refine(hasOneAddress, { error: oneAddress });

/** What is asked before a stage and told after a rollback. */
export const hooksSchema: z.ZodType<HooksText> = z
  .strictObject({
    beforeStage: hook.exactOptional().meta({
      description: 'Asked before each stage; anything but {"allow": true} holds it.',
    }),
    afterRollback: hook
      .exactOptional()
      .meta({ description: 'Told when a rollback is over; its answer is only recorded.' }),
  })
  .meta({ description: 'Webhooks that take part.' });

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function isHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}
