import type { MigrationState } from './migration-state.js';
import { imageOfHost } from './our-records.js';
import { describeEndpoint, originalOf } from './plan.js';
import { displayName } from './record-name.js';
import { describeRecord, sameRecords } from './record-set.js';
import { shareOf } from './share.js';
import { aliasTarget, bareAliasName } from './standing-records.js';

/** One line for each host of an accepted rollback: those that are back at their source, and those that were left as they stand. */
export function hostsAfterRollback({ plan, image }: MigrationState): {
  readonly back: readonly string[];
  readonly untouched: readonly string[];
} {
  const back: string[] = [];
  const untouched: string[] = [];
  for (const host of plan.hosts) {
    const { records } = imageOfHost(image, host);
    const [only] = records;
    const name = displayName(host.host);
    const plain = records.length === 1 && only?.setIdentifier === null ? (only.values[0] ?? null) : null;
    const isBack =
      shareOf(records) === 0 ||
      plain === host.source.dnsName ||
      aliasTarget(records) === bareAliasName(host.source.dnsName) ||
      sameRecords(records, originalOf(plan, host.host).records);
    if (isBack) back.push(`${name} goes back to the source, ${describeEndpoint(host.source)}`);
    else
      untouched.push(
        `${name} was left as it stands: ${records.map((record) => describeRecord(record)).join('; ') || 'nothing'}`,
      );
  }
  return { back, untouched };
}
