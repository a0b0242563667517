import { formatDuration } from '../../core/time.js';
import { passed, refused, unseen, warned, type Look } from './look.js';

/** Beyond five minutes AWS refuses every signature (IAM User Guide, "Troubleshoot Signature Version 4 signing"). */
const refusedMs = 5 * 60_000;
/** Above it metric buckets and dwell times begin to mean something else than they say. */
const warnedMs = 30_000;

/** This machine's clock against Amazon's. */
export const lookAtClock: Look = async ({ inspection, clock }, { zone }, signal) => {
  const described = await inspection.describe(zone.id, signal);
  const name = 'clock';
  const fix = 'set the clock: timedatectl set-ntp true, or start chronyd';
  if (!described.ok) return [unseen(name, "Amazon's clock", described.error)];
  const { answeredAt } = described.value;
  if (answeredAt === null) return [warned(name, 'the answer of Route 53 had no date to compare with', null)];
  const skewMs = clock.now() - answeredAt;
  const size = Math.abs(skewMs);
  const fact = `this machine's clock is ${formatDuration(size)} ${skewMs > 0 ? 'ahead of' : 'behind'} Amazon's`;
  if (size > refusedMs)
    return [
      refused(name, `${fact}; AWS refuses signatures that are more than 5m off, a rollback's too`, fix),
    ];
  if (size > warnedMs) return [warned(name, `${fact}; metrics and dwell times are read by this clock`, fix)];
  // The date has whole seconds and the answer took its time.
  return [passed(name, "this machine's clock agrees with Amazon's within 30s")];
};
