import { z } from 'zod';
import { durationSchema } from './duration-schema.js';
import type { ProbesText } from './policy-text.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

const maxWindow = 60;
const maxEntries = 20;

const failedWords = `two numbers such as "3 of 6", the second at most ${maxWindow}`;
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
    if (of > maxWindow)
      context.addIssue({
        code: 'custom',
        message: `"${text}" looks back over more than ${maxWindow} probes`,
      });
    return { count, of };
  })
  .meta({
    description:
      'A side is failing when at least so many of its last probes failed, over one address family where it has both.',
  });

const jsonPointers = z.record(
  z.string().regex(/^\//, {
    error: (issue) =>
      `${quoted(String(issue.input))} is not a JSON pointer; it begins with a slash, for example /status`,
  }),
  z.union([z.string(), z.number(), z.boolean(), z.null()], {
    error: (issue) => wrongKind('one plain value', issue.input),
  }),
);

/** The characters of a field name (RFC 9110 section 5.1). */
const headerNames = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, {
  error: (issue) => `${quoted(String(issue.input))} is not the name of a header`,
});

const headers = z
  .record(
    headerNames,
    z
      .string({
        error: (issue) => wrongKind('text in quotes, or null for a header that must be absent', issue.input),
      })
      .max(1000)
      .nullable(),
  )
  .refine(hasFewEntries, { error: tooManyEntries })
  .refine((values) => repeatedName(values) === undefined, {
    error: (issue) =>
      `names ${quoted(repeatedName(Object(issue.input) as object) ?? '')} twice; case does not matter`,
  });

const expectationValues = {
  status: z
    .array(wholeNumber(100, 599))
    .min(1)
    .max(20)
    .meta({ description: 'Accepted statuses; a redirect counts only when named here.' }),
  body: z.string().min(1).max(1000).nullable().meta({ description: 'Text the body must contain.' }),
  json: jsonPointers
    .refine(hasFewEntries, { error: tooManyEntries })
    .nullable()
    .meta({ description: 'Values the JSON body must have, by JSON pointer (RFC 6901).' }),
  headers: headers.nullable().meta({
    description:
      'Headers by name, whatever its case: text that the value must contain ("" for any value), or null when the header must be absent.',
  }),
  compression: z.enum(['gzip', 'br', 'none']).nullable().meta({
    description:
      'Asks for this Content-Encoding alone and fails an answer in another; none asks for an answer as it is. Body and JSON are looked at decoded.',
  }),
};

const expectation = z.strictObject({
  status: expectationValues.status.prefault([200]),
  body: expectationValues.body.prefault(null),
  json: expectationValues.json.prefault(null),
  headers: expectationValues.headers.exactOptional(),
  compression: expectationValues.compression.exactOptional(),
});

/** The same keys without defaults: what a side leaves out, it has from the common expectation. */
const sideExpectation = z.strictObject({
  status: expectationValues.status.exactOptional(),
  body: expectationValues.body.exactOptional(),
  json: expectationValues.json.exactOptional(),
  headers: expectationValues.headers.exactOptional(),
  compression: expectationValues.compression.exactOptional(),
});

const path = z
  .string()
  .max(1024)
  .regex(/^\/[!-"$-~]*$/, { error: (issue) => badPath(String(issue.input)) })
  .meta({ description: 'The path that is asked for, with its query.' });

const every = durationSchema({ about: 'Time between two probes of a side.', least: '50ms', most: '1h' });

const sideProbes = (side: string): z.ZodType<NonNullable<ProbesText['source']>> =>
  z
    .strictObject({
      path: path.exactOptional(),
      every: every.exactOptional(),
      expect: sideExpectation.exactOptional(),
    })
    .meta({
      description: `What is different for the ${side}; the rest is as for both, in "expect" key by key.`,
    });

/** The key `probes` of a policy file. */
export const probesSchema: z.ZodType<ProbesText> = z.strictObject({
  path: path.prefault('/'),
  port: wholeNumber(1, 65_535).prefault(443),
  every: every.prefault('2s'),
  timeout: durationSchema({ about: 'Total time for one answer.', least: '10ms', most: '30s' }).prefault('5s'),
  failed: failed.prefault('3 of 6'),
  families: z.enum(['auto', 'ipv4', 'ipv6']).prefault('auto').meta({
    description:
      'Over which address family a side is probed. auto: over each that its DNS target has an address of, as probes of their own, and a side fails when either does; IPv6 is left out, with a warning, where this machine has no route for it.',
  }),
  expect: expectation.prefault({}),
  source: sideProbes('source').exactOptional(),
  target: sideProbes('target').exactOptional(),
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

function hasFewEntries(values: object): boolean {
  return Object.keys(values).length <= maxEntries;
}

function tooManyEntries(): string {
  return `must have at most ${maxEntries} entries`;
}

/** A name that stands twice in different cases; YAML itself refuses the same spelling. */
function repeatedName(values: object): string | undefined {
  const names = Object.keys(values).map((name) => name.toLowerCase());
  return names.find((name, index) => names.indexOf(name) < index);
}

function badPath(text: string): string {
  if (!text.startsWith('/')) return `${quoted(text)} must begin with a slash`;
  return `${quoted(text)} has a character that cannot stand in a path; write it percent-encoded, a space as %20`;
}

/** A whole number between two bounds, both allowed; anything else is said in words. */
export function wholeNumber(least: number, most: number): z.ZodInt {
  return z
    .int({
      error: (issue) =>
        issue.code === 'invalid_type' ? wrongKind('a whole number', issue.input) : undefined,
    })
    .min(least)
    .max(most);
}
