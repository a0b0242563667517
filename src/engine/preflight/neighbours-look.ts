import { isProofRecord, proofName } from '../../core/cas-proof.js';
import type { MigrationPlan } from '../../core/plan.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import { describeRecord, type RecordSet } from '../../core/record-set.js';
import type { Check } from '../check.js';
import { passed, unseen, warned, type Look } from './look.js';

/** Everything else at and around the name: what no CNAME tolerates beside it is refused with the plan; the rest is told. */
export const lookAtNeighbours: Look = async ({ zones }, plan, signal) => {
  const names = plan.hosts.flatMap(({ host }) => [
    host,
    proofName(host),
    ...wildcardsAbove(host, plan.zone.name),
  ]);
  const found = await zones.records(plan.zone.id, [...new Set(names)], signal);
  if (!found.ok) return [unseen('neighbours', 'the records around the hosts', found.error)];
  return plan.hosts.flatMap(({ host }) => checksOf(plan, host, found.value));
};

function checksOf(plan: MigrationPlan, host: RecordName, records: readonly RecordSet[]): readonly Check[] {
  const original = plan.originals.find((image) => image.host === host)?.records ?? [];
  const taken = new Set(original.map(({ type }) => type));
  const beside = records.filter(({ name, type }) => name === host && !taken.has(type));
  const left = records.filter((record) => record.name === proofName(host));
  const wildcards = records.filter(({ name }) => name.startsWith('\\052.') && isAbove(name, host));
  const name = 'neighbours';
  const warnings = [
    ...(beside.length === 0 ? [] : [besideCheck(host, beside)]),
    ...aliasCheck(host, original),
    ...(wildcards.length === 0 ? [] : [wildcardCheck(host, wildcards)]),
    ...(left.length === 0 ? [] : [leftCheck(left)]),
  ];
  const all = [...taken].sort().join(' and ');
  return warnings.length > 0
    ? warnings
    : [passed(name, `nothing but its ${all} stands at ${displayName(host)}, and no wildcard covers it`)];
}

/** RFC 1034, section 3.6.2: where a CNAME stands, nothing else may. */
function besideCheck(host: RecordName, beside: readonly RecordSet[]): Check {
  const types = beside.map(({ type }) => type).join(', ');
  const fact = `${types} stands at ${displayName(host)} too, which no CNAME tolerates beside it`;
  return {
    name: 'neighbours',
    verdict: 'refused',
    fact,
    fix: 'move or remove it first: put CAA and TXT at the parent name, HTTPS and AAAA at the new target',
  };
}

function aliasCheck(host: RecordName, original: readonly RecordSet[]): readonly Check[] {
  const types = original.filter(({ alias }) => alias !== null).map(({ type }) => type);
  if (types.length === 0) return [];
  const missing = types.includes('AAAA')
    ? ''
    : '; there is no AAAA now, and the CNAME brings the IPv6 of its target';
  const fact = `the alias ${types.join(' and ')} at ${displayName(host)} becomes a weighted CNAME, whose queries are billed${missing}; resolvers that remember that there is no CNAME forget it within the negative caching time`;
  return [warned('neighbours', fact, null)];
}

function wildcardCheck(host: RecordName, wildcards: readonly RecordSet[]): Check {
  const described = wildcards.map((record) => describeRecord(record)).join('; ');
  const fact = `a wildcard covers ${displayName(host)}: should its own records ever vanish, clients get ${described} instead of an error`;
  return warned('neighbours', fact, null);
}

function leftCheck(left: readonly RecordSet[]): Check {
  const isOurs = left.every((record) => isProofRecord(record));
  const at = displayName(left[0]?.name ?? '');
  return isOurs
    ? warned(
        'neighbours',
        `an earlier proof left its test record at ${at}`,
        'shiftctl preflight --prove removes it',
      )
    : warned(
        'neighbours',
        `${at} holds records of somebody else, so nothing can be proved there`,
        'rename them',
      );
}

/** `*.` of every name above the host within the zone. */
function wildcardsAbove(host: RecordName, zone: RecordName): RecordName[] {
  const labels = host.slice(0, -1).split('.');
  const above = labels.slice(1).map((_, index) => `${labels.slice(index + 1).join('.')}.`);
  return above
    .filter((name) => name === zone || name.endsWith(`.${zone}`))
    .map((name) => `\\052.${name}` as RecordName);
}

function isAbove(wildcard: RecordName, host: RecordName): boolean {
  return host.endsWith(wildcard.slice('\\052'.length));
}
