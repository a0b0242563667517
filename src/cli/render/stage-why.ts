import type { StageVisit } from '../../core/report/stage-visit.js';
import { localTime } from './moment.js';
import { safeCopy } from './safe-copy.js';
import { whyDetails } from './why-view.js';

/** Every number behind the verdict as it was when a stage was left, recomputed from the journal; the latest stay where there were several. */
export function stageWhyView(visit: StageVisit, now: number): string[] {
  const { share, acceptedAt, left } = safeCopy(visit);
  const ended =
    left === null ? 'it is still in force' : `left at ${localTime(left.at)} (${left.how}: ${left.because})`;
  return [
    `stage ${share}%, in force from ${localTime(acceptedAt)}; ${ended}`,
    '',
    ...whyDetails(visit.status, left?.at ?? now),
  ];
}
