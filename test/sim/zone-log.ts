import type { HostedZones } from '../../src/lab/zone/hosted-zones.js';
import type { LabChange } from '../../src/lab/zone/record.js';
import { firstLabelOf } from './zone-view.js';

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

/** `failed` is dead; of one that is silent or unknown nobody can tell. */
export type Health = 'ok' | 'failed' | 'silent' | 'unknown';

/** What a controller told people. */
export type Told =
  'rollback-requested' | 'rollback-written' | 'rollback-incomplete' | 'fenced' | 'halted' | 'ended';

/**
 * One line of the log that the world keeps: every batch that Route 53 was sent, in order, with whose access key sent it; which side was
 * alive; and what people said to a controller and heard from it. Times are Amazon's, in epoch milliseconds.
 */
export type LogLine = { readonly at: number; readonly author: string } & (
  | ({ readonly kind: 'change'; readonly changeId: string; readonly changes: readonly LabChange[] } & Sent)
  /** A batch that Route 53 refused: what its sender took to be true. */
  | { readonly kind: 'not taken'; readonly changes: readonly LabChange[] }
  /** A controller that begins with what it knows: the intent ids of writes that are its own, or that it found before its first. */
  | {
      readonly kind: 'begins';
      readonly migration: string;
      readonly hosts: readonly string[];
      readonly intents: readonly string[];
    }
  /** The truth about a side, of one host or of all, whatever anybody has seen of it. */
  | {
      readonly kind: 'side';
      readonly side: 'source' | 'target';
      readonly host: string | null;
      readonly health: Health;
    }
  /** A controller that slept in the middle of its work has woken up. */
  | { readonly kind: 'woken' }
  /**
   * A server that nobody asks does not have this change before that time, so that it is not INSYNC; heard by one who asked Route 53. Who
   * does not know the id of the change, because its reply was lost, cannot ask, and the name servers tell it all there is to know.
   */
  | { readonly kind: 'lags'; readonly changeId: string; readonly until: number }
  /** Said before it is done; `refused` follows where it was not. */
  | { readonly kind: 'said'; readonly word: Word }
  | { readonly kind: 'refused'; readonly word: Word }
  /** The process died over it before it was stored, which whoever said it sees. */
  | { readonly kind: 'lost'; readonly word: Word }
  | { readonly kind: 'told'; readonly what: Told }
  /** From here on accepted batches reach no name server, or do again. */
  | { readonly kind: 'propagation'; readonly isHeld: boolean }
);

/** How a batch came to Route 53. */
interface Sent {
  /** When its sender let go of it; it may have slept after that, or the network. */
  readonly calledAt: number;
  /** Its sender had given up on it before. */
  readonly isLate: boolean;
}

type Line<T> = T extends unknown ? Omit<T, 'at' | 'author'> : never;

/** The log, and the key under which batches are committed at this instant. */
export class ZoneLog {
  readonly lines: LogLine[] = [];
  /** Until when a change that was asked about is PENDING, whatever the name servers say. */
  readonly lags: Map<string, number> = new Map();
  readonly #now: () => number;
  #key = 'nobody';
  #sent: Partial<Sent> = {};

  /** Everything that these zones accept from here on is written down. */
  constructor(zones: HostedZones, now: () => number) {
    this.#now = now;
    const change = zones.change.bind(zones);
    zones.change = (...request): ReturnType<HostedZones['change']> => {
      const outcome = change(...request);
      const sent = { calledAt: this.#now(), isLate: false, ...this.#sent };
      if (outcome.kind === 'accepted')
        this.add(this.#key, {
          kind: 'change',
          changeId: outcome.change.id,
          changes: outcome.changes,
          ...sent,
        });
      else this.add(this.#key, { kind: 'not taken', changes: request[1] as readonly LabChange[] });
      return outcome;
    };
  }

  /** What `work` commits before it first waits is this author's. */
  as<T>(author: string, work: () => T, sent: Partial<Sent> = {}): T {
    const before = this.#key;
    this.#key = author;
    this.#sent = sent;
    try {
      return work();
    } finally {
      this.#key = before;
      this.#sent = {};
    }
  }

  now(): number {
    return this.#now();
  }

  add(author: string, line: Line<LogLine>): void {
    this.lines.push({ at: this.#now(), author, ...line });
  }
}

/** The last lines for a person. */
export function describeLog(lines: readonly LogLine[], count: number): string {
  const from = lines[0]?.at ?? 0;
  return lines
    .slice(-count)
    .map((line) => `${((line.at - from) / 1_000).toFixed(1)}s ${line.author}: ${describe(line)}`)
    .join('\n');
}

function describe(line: LogLine): string {
  switch (line.kind) {
    case 'change':
      return line.changes.map(describeChange).join(', ');
    case 'begins':
      return `begins ${line.migration} of ${line.hosts.map(firstLabelOf).join(', ')}, knowing ${line.intents.length} intents`;
    case 'not taken':
      return `not taken: ${line.changes.map(describeChange).join(', ')}`;
    case 'side':
      return `the ${line.side}${line.host === null ? '' : ` of ${firstLabelOf(line.host)}`} is ${line.health}`;
    case 'woken':
      return 'wakes up';
    case 'lags':
      return `hears that a server does not have ${line.changeId} yet`;
    case 'said':
      return `is told to ${line.word}`;
    case 'refused':
      return `refuses to ${line.word}`;
    case 'lost':
      return `dies before it can ${line.word}`;
    case 'told':
      return `says ${line.what}`;
    case 'propagation':
      return line.isHeld ? 'changes do not travel' : 'changes travel';
  }
}

function describeChange({ action, record }: LabChange): string {
  const { name, type, setIdentifier, weight, ttl, values, alias } = record;
  const value = alias?.dnsName ?? values?.join(' ').replace(/ (head|due|hosts)=[^ "]*/g, '');
  return [action, firstLabelOf(name), type, setIdentifier, weight, value, ttl]
    .filter((part) => part !== undefined)
    .join(' ');
}
