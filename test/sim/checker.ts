import type { LabRecord } from '../../src/lab/zone/record.js';
import type { LogLine, ZoneLog } from './zone-log.js';

/** What the checker is told of a migration: names and numbers that a person could read off the plan. */
export interface PlannedNames {
  readonly host: string;
  readonly marker: string;
  /** What the records of both sides point at. */
  readonly source: string;
  readonly target: string;
  readonly stages: readonly number[];
  /** Shares that a person must approve. */
  readonly approvedByHand: readonly number[];
  readonly dwellMs: number;
  readonly insyncMs: number;
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
  /** Index of the line in the log. */
  readonly line: number;
}

/** A source that has failed for so long can be known to be dead. */
const knownDeadMs = 10_000;

/** Words that are good for one write. */
const used = ['approve', 'promote', 'leap', 'finalize', 'adopt', 'restore', 'forget'];

/** A request may be under way for so long after its sender has given up on it. */
const longestWayMs = 15_000;

const ourMembers = ['shift-source', 'shift-target'];

/** What is known of one controller from the log. */
interface Known {
  readonly intents: Set<string>;
  /** As its markers name it. */
  readonly migration: string;
  /** What a person wanted of it since it last went forward or ended; a word of return goes over a fence and needs no live source. */
  asked: 'rollback' | 'return' | null;
  readonly words: Set<string>;
  /** When a rollback that a person asked for was last said to be over. */
  endedAt: number;
  /** A rollback that is not yet seen to be complete. */
  owes: { automatic: boolean; hasWritten: boolean; hasAlarm: boolean } | null;
  /** It has written a rollback: what was under way before can land no more. */
  hasGoneBack: boolean;
}

/**
 * Judges a run by its log alone. Knows the rules of the program only as sentences; it shares no code with it.
 *
 * 1. No write leaves the host without records or with nothing but zero weights.
 * 2. No write gives the target more than the stage after the one that was last written, not before that one has reached every name server,
 *    its replaced TTL and its dwell have passed, and not without a word where the plan wants one. Past the next stage only on a person's word.
 * 3. No write touches a record that this program did not make or find at the start.
 * 4. No write is made over a marker that its controller did not write or find at the start, unless a person asked for that rollback, or
 *    confirmed it for what another controller of the same migration left.
 * 5. Once a rollback was asked for, nothing of its controller goes forward, and when the run ends the host is at the source, or whatever keeps
 *    it from there is foreign and people were told.
 * 6. A rollback that nobody asked for does not go to a source that has failed its probes for ten seconds.
 */
export function check(
  log: ZoneLog,
  plan: PlannedNames,
  standing: readonly LabRecord[],
): readonly Violation[] {
  return new Checker(plan, standing).judge(log.lines);
}

class Checker {
  readonly #plan: PlannedNames;
  readonly #zone: Map<string, LabRecord>;
  readonly #known: Map<string, Known> = new Map();
  readonly #violations: Violation[] = [];
  /** The target's share as a controller last wrote it, and what has to pass before the next one. */
  #written = { share: 0, at: 0, isHeld: false, insyncAt: 0, ttlMs: 0 };
  /** Who changed the host last. */
  #edited = { author: '', at: 0 };
  #isHeld = false;
  /** Since when every probe of the source has failed, whoever sent it. */
  #deadSince: number | null = null;
  #line = 0;

  constructor(plan: PlannedNames, standing: readonly LabRecord[]) {
    this.#plan = plan;
    this.#zone = new Map(standing.map((record) => [keyOf(record), record]));
  }

  judge(lines: readonly LogLine[]): readonly Violation[] {
    lines.forEach((line, index) => {
      this.#line = index;
      this.#read(line);
    });
    for (const [author, known] of this.#known) {
      if (known.owes !== null && !this.#isBack(known.owes.hasAlarm) && this.#edited.author === author)
        this.#violate('rollback complete', `${author} never finished it: ${this.#describeHost()}`);
    }
    return this.#violations;
  }

  #read(line: LogLine): void {
    if (line.kind === 'propagation') {
      this.#travels(line.at, line.isHeld);
      return;
    }
    if (line.kind === 'probe') {
      if (line.side === 'source') this.#deadSince = line.isOk ? null : (this.#deadSince ?? line.at);
      return;
    }
    if (line.kind === 'begins') {
      const known = this.#known.get(line.author);
      for (const id of line.intents) known?.intents.add(id);
      if (known === undefined) this.#known.set(line.author, newcomer(line));
      return;
    }
    const known = this.#known.get(line.author);
    if (known === undefined) {
      if (line.kind === 'change') this.#apply(line);
    } else if (line.kind === 'change') this.#write(line, known);
    else this.#hear(line, known);
    this.#seeRollbacks();
  }

  #travels(at: number, isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld || !this.#written.isHeld) return;
    this.#written = { ...this.#written, isHeld: false, insyncAt: at + this.#plan.insyncMs };
  }

  #hear(line: LogLine & { kind: 'said' | 'refused' | 'told' }, known: Known): void {
    if (line.kind === 'told') {
      if (line.what === 'ended') this.#end(line, known);
      if (line.what === 'fenced' && known.owes?.automatic === true) known.owes = null;
      if (line.what === 'rollback-incomplete' && known.owes !== null) known.owes.hasAlarm = true;
      if (line.what === 'rollback-written' && known.owes !== null) known.owes.hasWritten = true;
      if (line.what === 'rollback-requested') this.#owe(known, known.asked === null);
      return;
    }
    const { word } = line;
    if (line.kind === 'refused') {
      known.words.delete(word);
      if (word === 'restore' || word === 'adopt') known.asked = known.asked === 'return' ? null : known.asked;
      return;
    }
    known.words.add(word);
    if (word === 'rollback') {
      known.asked = 'rollback';
      this.#owe(known, false);
    } else if (word === 'restore' || word === 'adopt') {
      known.asked ??= 'return';
    }
  }

  #owe(known: Known, automatic: boolean): void {
    known.owes = { automatic, hasWritten: false, hasAlarm: false };
  }

  /** The end of a rollback is said when no name server hands out the target; an edit may still be on its way to them. */
  #end(line: LogLine, known: Known): void {
    const isEdited =
      this.#edited.author !== line.author && line.at - this.#edited.at <= 2 * this.#plan.insyncMs;
    if (known.owes !== null && !isEdited && !this.#isBack(known.owes.hasAlarm))
      this.#violate('rollback complete', `${line.author} said it had ended at: ${this.#describeHost()}`);
    known.owes = null;
    if (known.asked === 'rollback') known.endedAt = line.at;
    known.asked = null;
  }

  /** A batch of a controller. */
  #write(line: LogLine & { kind: 'change' }, known: Known): void {
    this.#checkFence(line, known);
    this.#checkForeign(line);
    const before = this.#share();
    const wasEmpty = this.#isEmpty();
    const ttls = this.#atHost().map((record) => record.ttl ?? 0);
    this.#apply(line);
    const touches = line.changes.some(({ record }) => record.name === this.#plan.host);
    if (this.#isEmpty() && (touches || !wasEmpty))
      this.#violate('never empty or all zero', `${line.author} left ${this.#describeHost()}`);
    // What a person adopts goes on from there, whatever was asked before and never begun.
    if (known.words.has('adopt')) Object.assign(known, { owes: null, hasGoneBack: false });
    if (known.owes !== null) known.owes.hasWritten = true;
    if (!touches) return;
    const share = this.#share();
    this.#checkShare(line, known, { before, share });
    if (known.owes !== null && share === 0) known.hasGoneBack = true;
    if (share === 0 && before > 0) this.#checkSource(line, known);
    if (share > before) known.asked = null;
    const ttlMs = Math.max(0, ...ttls) * 1_000;
    const insyncAt = line.at + this.#plan.insyncMs;
    this.#written = { share, at: line.at, isHeld: this.#isHeld, insyncAt, ttlMs };
    for (const word of used) known.words.delete(word);
  }

  #checkFence(line: LogLine & { kind: 'change' }, known: Known): void {
    const standing = [...this.#zone.values()].find((record) => record.name === this.#plan.marker);
    const id = intentOf(standing);
    const isFenced = id !== null && id !== 'break-glass' && !known.intents.has(id);
    const isAllowed =
      known.asked === 'rollback' ||
      line.at - known.endedAt <= longestWayMs ||
      (migrationOf(standing) === known.migration &&
        ['adopt', 'restore', 'forget'].some((word) => known.words.has(word)));
    if (isFenced && !isAllowed)
      this.#violate('never a write by a fenced controller', `${line.author} wrote over the marker of ${id}`);
    for (const { action, record } of line.changes) {
      const own = action === 'DELETE' || record.name !== this.#plan.marker ? null : intentOf(record);
      if (own !== null) known.intents.add(own);
    }
  }

  #checkForeign(line: LogLine & { kind: 'change' }): void {
    for (const { action, record } of line.changes) {
      const { host, marker } = this.#plan;
      if (record.name === marker) continue;
      const standing = this.#zone.get(keyOf(record));
      const isOurs =
        record.name === host &&
        (standing === undefined || this.#isOurs(standing)) &&
        (action === 'DELETE' || this.#isOurs(record));
      if (!isOurs)
        this.#violate(
          'never a foreign record touched',
          `${line.author}: ${action} ${describeRecord(standing ?? record)}`,
        );
    }
  }

  #isOurs({ type, setIdentifier, values }: LabRecord): boolean {
    if (type !== 'CNAME') return false;
    if (setIdentifier !== undefined) return ourMembers.includes(setIdentifier);
    return values?.length === 1 && [this.#plan.source, this.#plan.target].includes(values[0] ?? '');
  }

  #checkShare(
    line: LogLine & { kind: 'change' },
    known: Known,
    { before, share }: { before: number; share: number },
  ): void {
    const rule = 'never above the approved stage';
    const { stages, dwellMs, approvedByHand } = this.#plan;
    const last = this.#written;
    if (share <= Math.min(last.share, before)) return;
    if (known.hasGoneBack && share > before)
      this.#violate('rollback complete', `${line.author} gave ${share}% after it was to go back`);
    if (share <= last.share) {
      // Somebody else's edit is never written over with a higher share.
      this.#violate(rule, `${line.author} raised what stood there from ${before}% to ${share}%`);
      return;
    }
    const next = stages.find((stage) => stage > last.share) ?? 100;
    if (share > next && !known.words.has('leap'))
      this.#violate(rule, `${line.author} wrote ${share}%; after ${last.share}% comes ${next}%`);
    if (share <= before) return;
    if (
      approvedByHand.includes(share) &&
      !['approve', 'leap', 'promote'].some((word) => known.words.has(word))
    )
      this.#violate(rule, `${line.author} wrote ${share}% without the word it needs`);
    const isEarly = ['promote', 'leap', 'approve'].some((word) => known.words.has(word));
    const dwelt = isEarly || last.share === 0 ? 0 : dwellMs;
    const readyAt = last.insyncAt + last.ttlMs + dwelt;
    if (last.isHeld || line.at < readyAt)
      this.#violate(rule, `${line.author} wrote ${share}% before ${last.share}% had settled`);
  }

  #checkSource(line: LogLine & { kind: 'change' }, known: Known): void {
    if (known.asked !== null) return;
    if (this.#deadSince !== null && line.at - this.#deadSince > knownDeadMs)
      this.#violate(
        'the source of an automatic rollback is alive',
        `${line.author} went back to a dead source`,
      );
  }

  /** Looks whether rollbacks that are owed have become true, and who has to begin anew. */
  #seeRollbacks(): void {
    for (const known of this.#known.values()) {
      const { owes } = known;
      if (owes !== null && (owes.hasWritten || owes.hasAlarm) && this.#isBack(owes.hasAlarm))
        known.owes = null;
    }
  }

  /** No record that this program may touch gives the target anything, and the rest is the source or was told. */
  #isBack(hasAlarm: boolean): boolean {
    const records = this.#atHost();
    const foreign = records.filter((record) => !this.#isOurs(record));
    if (foreign.length > 0 && foreign.length === records.length) return hasAlarm;
    const isAtSource = this.#share() === 0 && this.#weightOf(this.#plan.source) > 0;
    return isAtSource && (foreign.length === 0 || hasAlarm);
  }

  #atHost(): LabRecord[] {
    return [...this.#zone.values()].filter((record) => record.name === this.#plan.host);
  }

  #isEmpty(): boolean {
    return this.#atHost().every((record) => record.weight === 0);
  }

  #weightOf(value: string): number {
    const records = this.#atHost().filter((record) => record.values?.[0] === value);
    return records.reduce((sum, record) => sum + (record.weight ?? 1), 0);
  }

  /** The target's percentage among what goes to either side. */
  #share(): number {
    const target = this.#weightOf(this.#plan.target);
    const sum = target + this.#weightOf(this.#plan.source);
    return sum === 0 ? 0 : (100 * target) / sum;
  }

  #apply(line: LogLine & { kind: 'change' }): void {
    if (line.changes.some(({ record }) => record.name === this.#plan.host))
      this.#edited = { author: line.author, at: line.at };
    for (const { action, record } of line.changes) {
      if (action === 'DELETE') this.#zone.delete(keyOf(record));
      else this.#zone.set(keyOf(record), record);
    }
  }

  #describeHost(): string {
    return this.#atHost().map(describeRecord).join('; ') || 'nothing at the host';
  }

  #violate(rule: string, what: string): void {
    this.#violations.push({ rule, what, line: this.#line });
  }
}

function newcomer({ intents, migration }: LogLine & { kind: 'begins' }): Known {
  return {
    intents: new Set(intents),
    migration,
    asked: null,
    words: new Set(),
    endedAt: -Infinity,
    owes: null,
    hasGoneBack: false,
  };
}

function intentOf(record: LabRecord | undefined): string | null {
  return / intent=([^ "]+)/.exec(textOf(record))?.[1] ?? null;
}

function migrationOf(record: LabRecord | undefined): string | null {
  return / id=([^ "]+)/.exec(textOf(record))?.[1] ?? null;
}

function textOf(record: LabRecord | undefined): string {
  return record?.values?.join().replaceAll('" "', '') ?? '';
}

function keyOf({ name, type, setIdentifier }: LabRecord): string {
  return `${name} ${type} ${setIdentifier ?? ''}`;
}

function describeRecord({ type, setIdentifier, weight, values }: LabRecord): string {
  return [type, setIdentifier, weight, values?.join(' ')].filter((part) => part !== undefined).join(' ');
}
