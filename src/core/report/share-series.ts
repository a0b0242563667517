import type { Event } from '../event.js';
import { apply, begin } from '../migration.js';
import type { MigrationState } from '../migration-state.js';
import type { Observation } from '../observation.js';
import { sourceAnswers } from '../source-names.js';
import type { Instant } from '../time.js';

/** The target's percentage at one moment. */
export interface SharePoint {
  readonly at: Instant;
  /** By the last accepted write. */
  readonly set: number;
  /** By the answers of all name servers in one tick; null when none of them named a side. */
  readonly measured: number | null;
}

/** More points are not told apart in a chart. */
const maxPoints = 1_000;

/**
 * The share over time: a point at each change and at each reading. Readings that say the same as those on both sides are left out, and
 * of too many every n-th stays; a point at which the set share changes always stays.
 */
export function shareSeries(events: readonly Event[]): SharePoint[] {
  const [first, ...rest] = events;
  if (first === undefined) return [];
  const points: SharePoint[] = [{ at: first.at, set: 0, measured: null }];
  let state = begin(first);
  for (const event of rest) {
    const { share } = state;
    state = apply(state, event);
    const { at } = event;
    if (event.type === 'observed')
      points.push({ at, set: state.share, measured: measuredShare(state, event.observation) });
    else if (state.share !== share)
      points.push({ at, set: state.share, measured: points.at(-1)?.measured ?? null });
  }
  return thinned(points.filter((point, index) => isNews(point, points[index - 1], points[index + 1])));
}

function measuredShare({ plan }: MigrationState, { nameServers }: Observation): number | null {
  let source = 0;
  let target = 0;
  for (const { host, answers } of nameServers) {
    const sides = plan.hosts.find((candidate) => candidate.host === host);
    source += sourceAnswers(sides, answers);
    target += answers[sides?.target.dnsName ?? ''] ?? 0;
  }
  return source + target === 0 ? null : (100 * target) / (source + target);
}

function isNews(point: SharePoint, before: SharePoint | undefined, after: SharePoint | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  const isSame = (other: SharePoint): boolean => other.set === point.set && other.measured === point.measured;
  return !isSame(before) || !isSame(after);
}

function thinned(points: readonly SharePoint[]): SharePoint[] {
  const step = Math.ceil(points.length / maxPoints);
  return points.filter(
    ({ set }, index) =>
      index % step === 0 ||
      index === points.length - 1 ||
      points[index - 1]?.set !== set ||
      points[index + 1]?.set !== set,
  );
}
