import { toOne } from '../../core/gate/metrics/odds.js';
import {
  describeEndpoint,
  originalOf,
  type Endpoint,
  type HostPlan,
  type MigrationPlan,
} from '../../core/plan.js';
import { displayName, markerName } from '../../core/record-name.js';
import { describeRecord, type RecordSet } from '../../core/record-set.js';
import { sourceMember, targetMember } from '../../core/share.js';
import { formatDuration } from '../../core/time.js';
import { finalImage } from '../../core/zone-image.js';
import { labelled } from './labelled.js';
import { localTime } from './moment.js';
import { failoverLines } from './plan-failover.js';
import { calendar, type Step } from './plan-calendar.js';
import { calendarWords } from './policy-words.js';
import { safeCopy } from './safe-copy.js';
import { column } from './width.js';

/** Everything that would happen, before anything is written: what moves, when, what is written, and the way back. */
export function planLines(plan: MigrationPlan): string[] {
  const safe = safeCopy(plan);
  return [
    ...headLines(safe),
    ...safe.hosts.flatMap((host) => ['', ...hostLines(safe, host)]),
    '',
    ...calendarLines(safe),
    '',
    ...writtenLines(safe),
    '',
    ...rollbackLines(safe),
    ...failoverLines(safe),
  ];
}

function headLines({ id, by, createdAt, zone, policy }: MigrationPlan): string[] {
  const lab = labelled('LAB', 'everything runs on this computer; nothing is real');
  return [
    ...(policy.lab ? lab : []),
    ...labelled('plan', `${id}, made by ${by} at ${localTime(createdAt)}`),
    ...labelled('zone', `${displayName(zone.name)} (${zone.id}), ${zone.nameServers.length} name servers`),
    ...labelled('policy', policy.name),
  ];
}

function hostLines(plan: MigrationPlan, host: HostPlan): string[] {
  return [
    ...labelled('host', displayName(host.host)),
    ...labelled('from', side(host.source)),
    ...labelled('to', side(host.target)),
    ...originalOf(plan, host.host).records.flatMap((record) => labelled('now', describeRecord(record))),
    ...finalRecords(plan, host).flatMap((record) => labelled('in the end', describeRecord(record))),
  ];
}

/** The side as a person types it; for an app also the name its records point at. */
function side(endpoint: Endpoint): string {
  const name = describeEndpoint(endpoint);
  return endpoint.platform === 'heroku' ? `${name}, which is ${displayName(endpoint.dnsName)}` : name;
}

/** What finalize leaves, from the function that makes it; the marker's fields are not known yet and not shown. */
function finalRecords(plan: MigrationPlan, { host }: HostPlan): readonly RecordSet[] {
  const seed = { generation: 0, intentId: '', head: '', due: plan.createdAt };
  return finalImage(plan, seed).find((image) => image.host === host)?.records ?? [];
}

function calendarLines(plan: MigrationPlan): string[] {
  const { maxHoldMs, onAsk } = plan.policy.gate;
  const steps = calendar(plan);
  const earliestColumns = 2 + Math.max(...['EARLIEST', ...steps.map(earliest)].map(({ length }) => length));
  const line = (when: string, step: string, weights: string, then: string): string =>
    `${column(when, earliestColumns)}${column(step, 11)}${column(weights, 9)}${then}`.trimEnd();
  const answer = onAsk === 'hold' ? 'a person is asked' : 'it is rolled back';
  return [
    ...labelled('calendar', line('EARLIEST', 'STEP', 'WEIGHTS', 'THEN')),
    ...steps.flatMap((step) => labelled('', line(earliest(step), step.name, step.weights, step.then))),
    ...labelled('', 'Weights: source / target. Settling: the replaced TTL and a tail pass.'),
    ...labelled('', 'Route 53 adds up to a minute to each step.'),
    ...labelled('', `A gate may hold a stage ${formatDuration(maxHoldMs)} longer; then ${answer}.`),
    ...(plan.policy.calendar === undefined ? [] : calendarWords(plan.policy.calendar)).flatMap(
      ([name, rule]) => labelled(name, rule),
    ),
  ];
}

function earliest({ beginsMs }: Step): string {
  return `+${formatDuration(beginsMs)}`;
}

function writtenLines(plan: MigrationPlan): string[] {
  const { ttlSeconds } = plan.policy;
  const hosts = plan.hosts.map(({ host }) => displayName(host));
  const markers = plan.hosts.map(({ host }) => displayName(markerName(host)));
  const replaced = plan.originals
    .flatMap(({ records }) => records)
    .filter(({ type }) => type !== 'CNAME')
    .map(({ type, name }) => `${type} ${displayName(name)}`);
  const pair = `the pair ${sourceMember} and ${targetMember}, TTL ${ttlSeconds}s`;
  return [
    ...labelled('writes', `CNAME ${hosts.join(', ')}: ${pair}`),
    ...labelled('', `TXT ${markers.join(', ')}: a marker that says who moves it`),
    ...(replaced.length === 0 ? [] : labelled('deletes', `${replaced.join(', ')}: the pair takes its place`)),
    ...labelled('', 'Nothing else; refused when something unexpected stands there.'),
  ];
}

function rollbackLines(plan: MigrationPlan): string[] {
  const { ttlSeconds, tailMs, probes } = plan.policy;
  const { count, of } = probes.failed;
  const forgotten = formatDuration(ttlSeconds * 1000 + tailMs);
  // As the gate: the chance of a false alarm is for all hosts together.
  const odds = toOne(Math.log(plan.hosts.length / plan.policy.gate.alpha));
  const isGroup = plan.hosts.length > 1;
  return [
    ...labelled('roll back', `shiftctl rollback ${displayName(plan.hosts[0]?.host ?? plan.id)}`),
    ...labelled('', 'At any time. One write points every host at its source again.'),
    ...labelled('', `Caches that keep to the TTL have forgotten the target ${forgotten} later.`),
    ...labelled(
      'by itself',
      plan.hosts.some(({ metrics }) => metrics !== undefined)
        ? `when users fare worse at the target ${isGroup ? 'of one host ' : ''}(evidence of ${odds}) or none of its last ${of} probes is answered, and the source is alive`
        : `when the target fails ${count} of ${of} probes and the source is no worse`,
    ),
    ...(isGroup
      ? labelled('', 'The hosts move together: all of them go back, and a stage is left by all at once.')
      : []),
  ];
}
