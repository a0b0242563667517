import type { MigrationState } from '../migration-state.js';
import { describeEndpoint, type HostPlan, type MigrationPlan } from '../plan.js';
import { displayName } from '../record-name.js';
import { safeText } from '../safe-text.js';
import { applyWords, listWords, shellWord } from '../shell-words.js';
import { stageDwellMs } from '../share.js';
import { formatDuration, type Instant } from '../time.js';
import { exitMeanings, phaseMeanings } from './meanings.js';
import { commands, item, prose } from './text.js';

/** What the page is made of. */
export interface RunbookInput {
  readonly plan: MigrationPlan;
  /** Null before the migration has begun. */
  readonly state: Pick<MigrationState, 'phase' | 'share'> | null;
  readonly at: Instant;
  /** Spells a moment for readers on other computers and in other places. */
  readonly spell: (at: Instant) => string;
  /** Absolute; where the journal and the break-glass files are. */
  readonly stateDirectory: string;
  /** The computer on which the page is made. */
  readonly machine: string;
  /** 53, or the port of a lab. */
  readonly dnsPort: number;
}

/**
 * A page in Markdown that an on-call engineer can keep: what moves, how to look, how to put everything back in three ways, and how
 * to tell that it worked. Plain text of 80 columns; only a path or a name that is longer makes a longer line.
 */
export function runbook(input: RunbookInput): readonly string[] {
  return [
    ...head(input),
    ...facts(input),
    ...stages(input.plan),
    ...looking(input),
    ...rollingBack(input),
    ...checking(input),
    ...meanings(),
  ];
}

function head({ plan, state, at, spell }: RunbookInput): string[] {
  const now =
    state === null
      ? 'It has not begun.'
      : `When this page was made it was in phase ${state.phase.phase} with ${state.share}% at the target.`;
  return [
    `# Runbook: ${firstHost(plan)}${plan.hosts.length === 1 ? '' : ` and ${plan.hosts.length - 1} more`}`,
    '',
    ...(plan.policy.lab ? [...prose('LAB: nothing in this migration is real.'), ''] : []),
    ...prose(
      `This migration moves ${plan.hosts.length === 1 ? 'a live host name' : 'live host names'} from one side to the other in stages, with weighted records in Route 53. ${now} Made at ${spell(at)}.`,
    ),
    '',
  ];
}

function facts({ plan, state, stateDirectory, machine, spell }: RunbookInput): string[] {
  const begun = state === null ? 'planned' : 'started';
  return [
    '## What it is',
    '',
    ...item(`migration: ${state === null ? 'gets its id when it begins' : plan.id}`),
    ...item(`${begun} by: ${plan.by}, ${spell(plan.createdAt)}`),
    ...item(`zone: ${displayName(plan.zone.name)}, id ${plan.zone.id}`),
    ...plan.hosts.flatMap((host) => hostFacts(host)),
    ...item(`policy: ${plan.policy.name}; TTL ${plan.policy.ttlSeconds}s while it runs`),
    ...item(`journal: ${stateDirectory}, seen from ${machine}`),
    '',
  ];
}

function hostFacts({ host, source, target }: HostPlan): string[] {
  const side = (endpoint: HostPlan['source']): string =>
    endpoint.platform === 'heroku'
      ? `${describeEndpoint(endpoint)} (${displayName(endpoint.dnsName)})`
      : describeEndpoint(endpoint);
  return item(`${displayName(host)}: from ${side(source)} to ${side(target)}`);
}

function stages(plan: MigrationPlan): string[] {
  const { policy } = plan;
  const rows = policy.stages.map(({ share }, index) => {
    const dwell = formatDuration(stageDwellMs(policy, index));
    return `| ${share}% | ${100 - share} / ${share} | ${dwell} |`;
  });
  return [
    '| at the target | weights source / target | watched at least |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
}

function looking({ plan, stateDirectory }: RunbookInput): string[] {
  const verb = (...words: readonly string[]): readonly string[] => [
    'shiftctl',
    '--state-dir',
    shellWord(stateDirectory),
    ...words,
  ];
  const host = firstHost(plan);
  return [
    '## Look',
    '',
    ...prose('On the computer that has the journal: where it is, why, and what happened.'),
    ...commands(verb('status', host), verb('status', host, '--why'), verb('history', host)),
  ];
}

function rollingBack({ plan, state, stateDirectory }: RunbookInput): string[] {
  const host = firstHost(plan);
  const folder = `${stateDirectory.replace(/\/$/, '')}/break-glass/${state === null ? '<migration-id>' : plan.id}`;
  const zoneId = plan.zone.id;
  const written = state === null ? ' They are written when the migration begins.' : '';
  const group =
    plan.hosts.length === 1 ? '' : ` All ${plan.hosts.length} hosts go back together; one name is enough.`;
  return [
    '## Roll back',
    '',
    ...prose(
      `At any time, completed included. Take the first way that works; each of them may be repeated.${group}`,
    ),
    '',
    ...prose('1. On the computer that has the journal:'),
    ...commands(['shiftctl', '--state-dir', shellWord(stateDirectory), 'rollback', host]),
    ...prose('2. Anywhere with AWS credentials for the zone, without the journal:'),
    ...commands(['shiftctl', 'rollback', host, '--no-state', '--zone', zoneId]),
    ...movedSources(plan).flatMap((line) => prose(line)),
    ...prose(
      `If it says that the zone does not tell the old side any more, add --to ${oldSide(plan)}${plan.hosts.length === 1 ? '.' : ' and --only, host by host.'}`,
    ),
    '',
    ...prose(
      `3. Without this program, with the AWS CLI, from two files.${written} First all traffic to the source:`,
    ),
    ...commands(applyWords(zoneId, `${folder}/drain.json`)),
    ...prose(
      'When that was accepted, the plain record. It is refused as a whole when anything has changed meanwhile, which is harmless: all traffic stays on the source.',
    ),
    ...commands(applyWords(zoneId, `${folder}/collapse.json`)),
    ...prose('After any error or timeout look at what stands there before trying again:'),
    ...commands(listWords(zoneId)),
  ];
}

function checking({ plan, dnsPort }: RunbookInput): string[] {
  const port = dnsPort === 53 ? [] : ['-p', String(dnsPort)];
  const questions = plan.hosts.map(({ host }) =>
    plan.zone.nameServers.map((server) => [
      ...['dig', '+short', ...port, 'CNAME', displayName(host)],
      shellWord(`@${displayName(server)}`),
    ]),
  );
  const answers = plan.hosts.map(
    ({ host, source, target }) =>
      `${displayName(host)} is back when every answer is ${displayName(source.dnsName)}, and not yet while one is ${displayName(target.dnsName)}; ask again a few times, the answers are drawn by weight`,
  );
  const { ttlSeconds, tailMs } = plan.policy;
  return [
    '## Did it work?',
    '',
    ...prose('Ask every name server of the zone:'),
    ...commands(...questions.flat()),
    ...answers.flatMap((answer) => item(answer)),
    ...item('no answer at all means that the host stands there as an alias: ask for A instead of CNAME'),
    ...item(`caches that keep to the TTL follow within ${formatDuration(ttlSeconds * 1000 + tailMs)}`),
    '',
  ];
}

function meanings(): string[] {
  return [
    '## What the words mean',
    '',
    ...Object.entries(phaseMeanings).flatMap(([phase, meaning]) => item(`${phase}: ${meaning}`)),
    '',
    ...prose('Exit codes; 4 to 6 are told by `status --exit-code` and `tick --exit-code`:'),
    '',
    ...exitMeanings.flatMap(([code, meaning]) => item(`${code}: ${meaning}`)),
  ];
}

/** The zone may tell no more than the name that a source had before, so whoever has no journal must tell the new one. */
function movedSources({ hosts }: MigrationPlan): readonly string[] {
  const only = hosts.length === 1 ? '' : ' and --only';
  return hosts.flatMap(({ host, source, formerSources = [] }) => {
    const left = formerSources.map(displayName).join(', ');
    return left === ''
      ? []
      : `For ${displayName(host)} add --to ${displayName(source.dnsName)}${only}: its source has left ${left}, which may be all that the zone tells.`;
  });
}

/** The old side of the first host; a person who needs another finds it among the facts. */
function oldSide(plan: MigrationPlan): string {
  return displayName(plan.hosts[0]?.source.dnsName ?? '<dns name>');
}

function firstHost(plan: MigrationPlan): string {
  return shellWord(safeText(displayName(plan.hosts[0]?.host ?? plan.id), 300));
}
