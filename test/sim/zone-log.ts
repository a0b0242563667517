import type { HostedZones } from '../../src/lab/zone/hosted-zones.js';
import type { LabChange } from '../../src/lab/zone/record.js';

/** What a person asks a controller to do. */
export type Word =
  | 'pause'
  | 'resume'
  | 'approve'
  | 'promote'
  | 'leap'
  | 'finalize'
  | 'rollback'
  | 'adopt'
  | 'restore'
  | 'forget';

/** What a controller told people. */
export type Told =
  'rollback-requested' | 'rollback-written' | 'rollback-incomplete' | 'fenced' | 'halted' | 'ended';

/**
 * One line of the log that the world keeps: every batch that Route 53 committed, in order, with whose access key sent it; what a probe
 * of a side answered to whom; and what people said to a controller and heard from it. Times are Amazon's, in epoch milliseconds.
 */
export type LogLine = { readonly at: number; readonly author: string } & (
  | { readonly kind: 'change'; readonly changes: readonly LabChange[] }
  /** A controller that begins with what it knows: the intent ids of writes that are its own, or that it found before its first. */
  | { readonly kind: 'begins'; readonly migration: string; readonly intents: readonly string[] }
  | { readonly kind: 'probe'; readonly side: 'source' | 'target'; readonly isOk: boolean }
  /** Said before it is done; `refused` follows where it was not. */
  | { readonly kind: 'said'; readonly word: Word }
  | { readonly kind: 'refused'; readonly word: Word }
  | { readonly kind: 'told'; readonly what: Told }
  /** From here on accepted batches reach no name server, or do again. */
  | { readonly kind: 'propagation'; readonly isHeld: boolean }
);

type Line<T> = T extends unknown ? Omit<T, 'at' | 'author'> : never;

/** The log, and the key under which batches are committed at this instant. */
export class ZoneLog {
  readonly lines: LogLine[] = [];
  readonly #now: () => number;
  #key = 'nobody';

  /** Everything that these zones accept from here on is written down. */
  constructor(zones: HostedZones, now: () => number) {
    this.#now = now;
    const change = zones.change.bind(zones);
    zones.change = (...request): ReturnType<HostedZones['change']> => {
      const outcome = change(...request);
      if (outcome.kind === 'accepted') this.add(this.#key, { kind: 'change', changes: outcome.changes });
      return outcome;
    };
  }

  /** What `work` commits before it first waits is this author's. */
  as<T>(author: string, work: () => T): T {
    const before = this.#key;
    this.#key = author;
    try {
      return work();
    } finally {
      this.#key = before;
    }
  }

  add(author: string, line: Line<LogLine>): void {
    this.lines.push({ at: this.#now(), author, ...line });
  }
}

/** The last lines for a person, probes that answered left out. */
export function describeLog(lines: readonly LogLine[], count: number): string {
  const from = lines[0]?.at ?? 0;
  return lines
    .filter((line) => line.kind !== 'probe' || !line.isOk)
    .slice(-count)
    .map((line) => `${((line.at - from) / 1_000).toFixed(1)}s ${line.author}: ${describe(line)}`)
    .join('\n');
}

function describe(line: LogLine): string {
  switch (line.kind) {
    case 'change':
      return line.changes.map(describeChange).join(', ');
    case 'begins':
      return `begins ${line.migration}, knowing ${line.intents.length} intents`;
    case 'probe':
      return `the ${line.side} ${line.isOk ? 'answers' : 'fails'}`;
    case 'said':
      return `is told to ${line.word}`;
    case 'refused':
      return `refuses to ${line.word}`;
    case 'told':
      return `says ${line.what}`;
    case 'propagation':
      return line.isHeld ? 'changes do not travel' : 'changes travel';
  }
}

function describeChange({ action, record }: LabChange): string {
  const { type, setIdentifier, weight, ttl, values } = record;
  const value = values?.join(' ').replace(/ (head|due|hosts)=[^ "]*/g, '');
  return [action, type, setIdentifier, weight, value, ttl].filter((part) => part !== undefined).join(' ');
}
