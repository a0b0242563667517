import { weekdays, type Calendar } from '../../core/calendar.js';
import { dwellWords } from '../../core/dwell.js';
import { formatDate, formatLocal, formatMinute } from '../../core/local-time.js';
import type { Policy } from '../../core/policy/policy.js';
import { formatDuration } from '../../core/time.js';

/** Every value of a policy by a name that people use; a value that is not set has no line. */
export function policyWords(policy: Policy): [string, string][] {
  const { stages, calendar, probes, gate, approveWithinMs, ...rest } = policy;
  const perStage = stages.flatMap(({ share, needsApproval }, index): [string, string][] => [
    [`dwell of ${share}%`, dwellWords(policy, index)],
    ...(needsApproval === true ? [[`approval of ${share}%`, 'needed'] as [string, string]] : []),
  ]);
  return [
    ['stages', stages.map(({ share }) => `${share}%`).join(', ')],
    ...perStage,
    ...(calendar === undefined ? [] : calendarWords(calendar)),
    ...(approveWithinMs === undefined ? [] : values('', { approveWithinMs })),
    ...values('', rest),
    ...values('probes.', probes),
    ...values('gate.', gate),
  ];
}

/** When it may advance, a line for each rule. */
export function calendarWords({ timeZone, windows, freeze, deadline }: Calendar): [string, string][] {
  const spans = windows.map(({ days, fromMinute, toMinute }) => {
    const on = days.length === weekdays.length ? 'every day' : days.join(' ');
    return `${on} ${formatMinute(fromMinute)} to ${formatMinute(toMinute)}`;
  });
  const days = freeze.map(({ firstDay, lastDay }) =>
    firstDay === lastDay ? formatDate(firstDay) : `${formatDate(firstDay)} to ${formatDate(lastDay)}`,
  );
  return [
    ...(windows.length === 0 ? [] : [['windows', `${spans.join('; ')} (${timeZone})`] as [string, string]]),
    ...(freeze.length === 0 ? [] : [['freeze', `${days.join('; ')} (${timeZone})`] as [string, string]]),
    ...(deadline === null ? [] : [['deadline', formatLocal(timeZone, deadline)] as [string, string]]),
  ];
}

/** Times carry their unit in their name; people read them better as `30s`. */
function values(prefix: string, from: object): [string, string][] {
  return Object.entries(from).map(([key, value]: [string, unknown]) => {
    if (key.endsWith('Ms') && typeof value === 'number')
      return [`${prefix}${key.slice(0, -2)}`, formatDuration(value)];
    if (key.endsWith('Seconds') && typeof value === 'number')
      return [`${prefix}${key.slice(0, -7)}`, formatDuration(value * 1000)];
    return [`${prefix}${key}`, typeof value === 'string' ? value : JSON.stringify(value)];
  });
}
