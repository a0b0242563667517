import { z } from 'zod';
import { weekdays, type DayRange, type DaySpan } from '../calendar.js';
import { isTimeZone, parseDate } from '../local-time.js';
import { parseMoment } from './moment-text.js';
import type { DeadlineText, WindowText } from './calendar-text.js';
import { wrongKind } from './schema-check.js';
import { quoted } from './yaml-path.js';

const maxWindows = 20;
const maxFreezes = 100;

const clockWords = 'a time of day such as "09:00"';

/** Minutes from midnight; `24:00` is the end of the day. */
const clock = z
  .string({ error: (issue) => wrongKind(clockWords, issue.input) })
  .regex(/^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, {
    error: (issue) => `${quoted(String(issue.input))} is not ${clockWords}`,
  })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const emptySpan = 'begins and ends at the same time; for a whole day write 00:00 to 24:00';

/** A daily span of local time, `{from: "10:00", to: "12:00"}`; one that ends earlier than it begins ends on the next day. */
export const daySpanSchema: z.ZodType<DaySpan> = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from !== to, { error: emptySpan })
  .transform(({ from: fromMinute, to: toMinute }) => ({ fromMinute, toMinute }));

const window: z.ZodType<WindowText> = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1, { error: 'names no day; leave it out for every day' })
      .max(weekdays.length)
      .prefault([...weekdays])
      .meta({ description: 'The days on which it begins; every day when it is left out.' }),
    from: clock,
    to: clock,
  })
  .refine(({ from, to }) => from !== to, { error: emptySpan })
  .transform(({ days, from: fromMinute, to: toMinute }) => ({ days, fromMinute, toMinute }));

const dateWords = 'a date such as 2026-12-24';

const date = z
  .string({ error: (issue) => wrongKind(dateWords, issue.input) })
  .refine((text) => parseDate(text) !== null, {
    error: (issue) => `${quoted(String(issue.input))} is not ${dateWords}`,
  })
  .transform((text) => parseDate(text) ?? 0);

const freeze: z.ZodType<DayRange> = z.union(
  [
    date.transform((day) => ({ firstDay: day, lastDay: day })),
    z
      .strictObject({ from: date, to: date })
      .refine(({ from, to }) => from <= to, { error: 'ends before it begins' })
      .transform(({ from: firstDay, to: lastDay }) => ({ firstDay, lastDay })),
  ],
  {
    error: (issue) => wrongKind(`${dateWords} or a mapping {from: 2026-12-24, to: 2027-01-02}`, issue.input),
  },
);

const deadlineWords = 'a date such as 2026-12-18 or a moment such as 2026-12-18T16:00:00Z';

const deadline: z.ZodType<DeadlineText> = z
  .string({ error: (issue) => wrongKind(deadlineWords, issue.input) })
  .max(40)
  .transform((text, context): DeadlineText => {
    const day = parseDate(text);
    if (day !== null) return { day };
    const at = parseMoment(text);
    if (at === null) context.addIssue({ code: 'custom', message: `${quoted(text)} is not ${deadlineWords}` });
    return { at: at ?? 0 };
  });

/** The keys of a policy that say when it may advance. */
export const calendarKeys: {
  readonly timeZone: z.ZodExactOptional<z.ZodString>;
  readonly windows: z.ZodExactOptional<z.ZodArray<z.ZodType<WindowText>>>;
  readonly freeze: z.ZodExactOptional<z.ZodArray<z.ZodType<DayRange>>>;
  readonly deadline: z.ZodExactOptional<z.ZodType<DeadlineText>>;
} = {
  timeZone: z
    .string()
    .max(100)
    .refine(isTimeZone, {
      error: (issue) =>
        `${quoted(String(issue.input))} is not a time zone; write one of the IANA database, for example Europe/Berlin`,
    })
    .meta({ description: 'The IANA time zone of every local time in this policy; UTC when it is left out.' })
    .exactOptional(),
  windows: z
    .array(window)
    .min(1, { error: 'names no window, so nothing could ever advance; leave it out instead' })
    .max(maxWindows)
    .meta({
      description: 'When stages may be entered and left; always when it is left out. A rollback never waits.',
    })
    .exactOptional(),
  freeze: z
    .array(freeze)
    .max(maxFreezes)
    .meta({ description: 'Local days on which nothing advances, whatever the windows say.' })
    .exactOptional(),
  deadline: deadline
    .meta({ description: 'Nothing advances after it, a date included whole; a person is asked.' })
    .exactOptional(),
};
