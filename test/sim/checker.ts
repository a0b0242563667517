import type { LabRecord } from '../../src/lab/zone/record.js';
import type { Health, LogLine, ZoneLog } from './zone-log.js';
import {
  describeRecord,
  firstLabelOf,
  intentOf,
  isLiveMarker,
  migrationOf,
  ZoneView,
  type HostNames,
} from './zone-view.js';

/** What the checker is told of a migration: names and numbers that a person could read off the plan. */
export interface PlannedNames {
  readonly hosts: readonly HostNames[];
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

/** What a side has been for so long can be known. */
const knownMs = 10_000;

/** Who has slept decides by what was true before, for so long. */
const drowsyMs = 5_000;

/** Words that are good for one write. */
const used = ['approve', 'promote', 'leap', 'finalize', 'adopt', 'restore', 'forget'];

/** A request may be under way for so long after its sender has given up on it. */
const longestWayMs = 15_000;

/** A rollback that is not yet seen to be complete. */
interface Owed {
  readonly automatic: boolean;
  /** Hosts that were not yet seen at their source. */
  readonly left: Set<string>;
  /** Those that never stood at their source since it was asked for, written by whomever. */
  readonly neverBack: Set<string>;
  hasWritten: boolean;
  /** A host was put back by itself, so that the group stands half-way until the others are. */
  isHalfWay: boolean;
  hasAlarm: boolean;
}

/** What is known of one controller from the log. */
interface Known {
  readonly intents: Set<string>;
  /** As its markers name it. */
  readonly migration: string;
  /** The hosts that it moves. */
  readonly hosts: readonly HostNames[];
  /** What a person wanted of it since it last went forward or ended; a word of return goes over a fence and needs no live source. */
  asked: 'rollback' | 'return' | null;
  readonly words: Set<string>;
  /** When a rollback that a person asked for was last said to be over. */
  endedAt: number;
  owes: Owed | null;
  /** It has written a rollback: what was under way before can land no more. */
  hasGoneBack: boolean;
  /** When it last woke up in the middle of its work. */
  wokenAt: number;
}

/** The share of one host as a controller last wrote it, and what has to pass before the next one. */
interface Written {
  readonly share: number;
  readonly at: number;
  readonly changeId: string;
  readonly isHeld: boolean;
  readonly insyncAt: number;
  readonly ttlMs: number;
}

type ChangeLine = LogLine & { kind: 'change' };

const untouched: Written = { share: 0, at: 0, changeId: '', isHeld: false, insyncAt: 0, ttlMs: 0 };

/**
 * Judges a run by its log alone. Knows the rules of the program only as sentences; it shares no code with it.
 *
 * 1. No write leaves a host without records or with nothing but zero weights.
 * 2. No write gives the target more than the stage after the one that was last written, not before that one has reached every name server,
 *    its replaced TTL and its dwell have passed, and not without a word where the plan wants one. Past the next stage only on a person's
 *    word. The hosts of a group go forward together: all of them and all their markers in one batch, to one share.
 * 3. No write touches a record that this program did not make or find at the start.
 * 4. No write is made over a marker that its controller did not write or find at the start, unless a person asked for that rollback, or
 *    confirmed it for what another controller of the same migration left.
 * 5. Once a rollback was asked for, nothing of its controller goes forward, and when the run ends every host is at the source, or whatever
 *    keeps it from there is foreign and people were told.
 * 6. A rollback that nobody asked for is not sent while the source of any of its hosts has been dead for ten seconds, unless its sender
 *    slept meanwhile or the group stands half-way.
 * 7. No controller says that somebody else wrote where nobody did.
 * 8. No write, taken or not, swaps what never stood there.
 * 9. No write gives a target more without a person's word while a side of any of its hosts has not been well for ten seconds.
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
  readonly #zone: ZoneView;
  readonly #known: Map<string, Known> = new Map();
  readonly #violations: Violation[] = [];
  readonly #written: Map<string, Written> = new Map();
  /** Who changed a host last. */
  readonly #edited: Map<string, { readonly author: string; readonly at: number }> = new Map();
  /** Everybody who has changed a planned name, and those of whom a write came late. */
  readonly #writers: Set<string> = new Set();
  /** Until when a change is not INSYNC, by who has heard that and of which change. */
  readonly #lags: Map<string, number> = new Map();
  #isHeld = false;
  /** Since when a side is dead, and since when it is not well, by `host side`. */
  readonly #deadSince: Map<string, number> = new Map();
  readonly #unwellSince: Map<string, number> = new Map();
  #line = 0;

  constructor(plan: PlannedNames, standing: readonly LabRecord[]) {
    this.#plan = plan;
    this.#zone = new ZoneView(standing, plan.hosts);
  }

  judge(lines: readonly LogLine[]): readonly Violation[] {
    lines.forEach((line, index) => {
      this.#line = index;
      this.#read(line);
    });
    for (const [author, { owes }] of this.#known) {
      for (const host of owes?.left ?? []) {
        if (!this.#zone.isBack(host, owes?.hasAlarm === true) && this.#edited.get(host)?.author === author)
          this.#violate('rollback complete', `${author} never finished it: ${this.#zone.describe(host)}`);
      }
    }
    return this.#violations;
  }

  #read(line: LogLine): void {
    switch (line.kind) {
      case 'propagation':
        this.#travels(line.at, line.isHeld);
        return;
      case 'lags':
        this.#lags.set(`${line.author} ${line.changeId}`, line.until);
        return;
      case 'side':
        for (const { host } of this.#plan.hosts)
          if (line.host === null || line.host === host)
            this.#turns(`${host} ${line.side}`, line.at, line.health);
        return;
      case 'begins': {
        const known = this.#known.get(line.author);
        for (const id of line.intents) known?.intents.add(id);
        if (known === undefined) this.#known.set(line.author, newcomer(line, this.#plan.hosts));
        return;
      }
      case 'change':
      case 'not taken':
      case 'woken':
      case 'said':
      case 'refused':
      case 'lost':
      case 'told':
        this.#readOf(line, this.#known.get(line.author));
        this.#seeRollbacks();
    }
  }

  #readOf(
    line: LogLine & { kind: 'change' | 'not taken' | 'woken' | 'said' | 'refused' | 'lost' | 'told' },
    known: Known | undefined,
  ): void {
    if (known === undefined) {
      if (line.kind === 'change') this.#apply(line);
    } else if (line.kind === 'change') this.#write(line, known);
    else if (line.kind === 'not taken') this.#checkPremise(line);
    else if (line.kind === 'woken') known.wokenAt = line.at;
    else if (line.kind === 'lost') Object.assign(known, { asked: null, owes: null });
    else this.#hear(line, known);
  }

  #turns(side: string, at: number, health: Health): void {
    if (health !== 'failed') this.#deadSince.delete(side);
    else if (!this.#deadSince.has(side)) this.#deadSince.set(side, at);
    if (health === 'ok') this.#unwellSince.delete(side);
    else if (!this.#unwellSince.has(side)) this.#unwellSince.set(side, at);
  }

  #travels(at: number, isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    for (const [host, written] of this.#written) {
      if (written.isHeld)
        this.#written.set(host, { ...written, isHeld: false, insyncAt: at + this.#plan.insyncMs });
    }
  }

  #hear(line: LogLine & { kind: 'said' | 'refused' | 'told' }, known: Known): void {
    if (line.kind === 'told') {
      const { what } = line;
      if (what === 'ended') this.#end(line, known);
      if (what === 'fenced' && known.owes?.automatic === true) known.owes = null;
      if (what === 'rollback-incomplete' && known.owes !== null) known.owes.hasAlarm = true;
      if (what === 'rollback-written') this.#checkClaim(line.author, known);
      if (what === 'rollback-requested') this.#owe(known, known.asked === null);
      if (what === 'fenced' || what === 'halted') this.#checkHalt(line.author);
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
    const hosts = known.hosts.map(({ host }) => host);
    const [left, neverBack] = [new Set(hosts), new Set(hosts)];
    known.owes = { automatic, left, neverBack, hasWritten: false, isHalfWay: false, hasAlarm: false };
  }

  /** Who says that a rollback is written has seen every host at its source, or has told people why not. */
  #checkClaim(author: string, { owes }: Known): void {
    if (owes === null) return;
    owes.hasWritten = true;
    const left = [...owes.neverBack].filter((host) => !this.#zone.isBack(host, owes.hasAlarm));
    if (left.length > 0)
      this.#violate(
        'rollback complete',
        `${author} said it was written at: ${left.map((host) => this.#zone.describe(host)).join('; ')}`,
      );
  }

  #checkHalt(author: string): void {
    const others = [...this.#writers].filter((writer) => writer !== author);
    if (others.length === 0)
      this.#violate('nobody is accused of what nobody did', `${author} halted, and nobody else had written`);
  }

  /** The end of a rollback is said when no name server hands out the target; an edit may still be on its way to them. */
  #end(line: LogLine, known: Known): void {
    for (const host of known.owes?.left ?? []) {
      const edited = this.#edited.get(host);
      const isEdited =
        edited !== undefined &&
        edited.author !== line.author &&
        line.at - edited.at <= 2 * this.#plan.insyncMs;
      if (!isEdited && !this.#zone.isBack(host, known.owes?.hasAlarm === true))
        this.#violate(
          'rollback complete',
          `${line.author} said it had ended at: ${this.#zone.describe(host)}`,
        );
    }
    known.owes = null;
    if (known.asked === 'rollback') known.endedAt = line.at;
    known.asked = null;
  }

  /** A batch of a controller. */
  #write(line: ChangeLine, known: Known): void {
    this.#checkPremise(line);
    this.#checkFence(line, known);
    this.#checkForeign(line);
    const before = this.#plan.hosts.map(({ host }) => ({
      host,
      share: this.#zone.share(host),
      isEmpty: this.#zone.isEmpty(host),
      ttlMs: this.#zone.ttlMs(host),
    }));
    this.#apply(line);
    // What a person adopts goes on from there, whatever was asked before and never begun.
    if (known.words.has('adopt')) Object.assign(known, { owes: null, hasGoneBack: false });
    const isHalfWay = known.owes?.isHalfWay === true;
    const touched = before.filter(({ host }) => line.changes.some(({ record }) => record.name === host));
    if (known.owes !== null) {
      known.owes.hasWritten = true;
      known.owes.isHalfWay ||= touched.length < known.hosts.length && this.#isBackward(line, known);
    }
    for (const { host, isEmpty } of before) {
      if (this.#zone.isEmpty(host) && (touched.some((one) => one.host === host) || !isEmpty))
        this.#violate('never empty or all zero', `${line.author} left ${this.#zone.describe(host)}`);
    }
    if (touched.length === 0) return;
    this.#checkTogether(line, known);
    for (const { host, share: stood, ttlMs } of touched) {
      const share = this.#zone.share(host);
      this.#checkShare(line, known, { host, before: stood, share });
      if (share === 0 && stood > 0 && !isHalfWay) this.#checkSource(line, known);
      const insyncAt = line.at + this.#plan.insyncMs;
      const { at, changeId } = line;
      this.#written.set(host, { share, at, changeId, isHeld: this.#isHeld, insyncAt, ttlMs });
    }
    if (known.owes !== null && touched.some(({ host }) => this.#zone.share(host) === 0))
      known.hasGoneBack = true;
    if (touched.some(({ host, share }) => this.#zone.share(host) > share)) known.asked = null;
    for (const word of used) known.words.delete(word);
  }

  /** True for a batch that leaves every host it touches at its source. */
  #isBackward({ changes }: ChangeLine, { hosts }: Known): boolean {
    return hosts.every(
      ({ host, marker }) =>
        !changes.some(({ record }) => record.name === host || record.name === marker) ||
        this.#zone.share(host) === 0,
    );
  }

  #checkFence(line: ChangeLine, known: Known): void {
    for (const { host, marker } of this.#plan.hosts) {
      if (!line.changes.some(({ record }) => record.name === host || record.name === marker)) continue;
      const standing = this.#zone.at(marker)[0];
      const id = intentOf(standing);
      const isFenced = id !== null && id !== 'break-glass' && !known.intents.has(id);
      const isAllowed =
        known.asked === 'rollback' ||
        line.at - known.endedAt <= longestWayMs ||
        (migrationOf(standing) === known.migration &&
          ['adopt', 'restore', 'forget'].some((word) => known.words.has(word)));
      if (isFenced && !isAllowed)
        this.#violate(
          'never a write by a fenced controller',
          `${line.author} wrote over the marker of ${id}`,
        );
    }
    const markers = this.#plan.hosts.map(({ marker }) => marker);
    for (const { action, record } of line.changes) {
      const own = action === 'DELETE' || !markers.includes(record.name) ? null : intentOf(record);
      if (own !== null) known.intents.add(own);
    }
  }

  #checkForeign(line: ChangeLine): void {
    for (const { action, record } of line.changes) {
      if (this.#plan.hosts.some(({ marker }) => record.name === marker)) continue;
      const standing = this.#zone.standing(record);
      const isOurs =
        this.#plan.hosts.some(({ host }) => record.name === host) &&
        (standing === undefined || this.#zone.isOurs(standing)) &&
        (action === 'DELETE' || this.#zone.isOurs(record));
      if (!isOurs)
        this.#violate(
          'never a foreign record touched',
          `${line.author}: ${action} ${describeRecord(standing ?? record)}`,
        );
    }
  }

  /** A compare-and-swap begins with what was read or written there; a batch that forces the pair does not swap. */
  #checkPremise({ author, changes }: LogLine & { kind: 'change' | 'not taken' }): void {
    if (changes.some(({ action }) => action === 'UPSERT')) return;
    for (const name of this.#plan.hosts.flatMap(({ host, marker }) => [host, marker])) {
      const here = changes.filter(({ record }) => record.name === name);
      const removed = here.filter(({ action }) => action === 'DELETE').map(({ record }) => record);
      if (here.length > 0 && !this.#zone.everStood(name, removed))
        this.#violate(
          'never a swap of what never stood',
          `${author} took ${name} to be ${removed.map(describeRecord).join('; ') || 'empty'}`,
        );
    }
  }

  /** What gives a target anything, or leaves a live marker where nothing is forced, is of the whole group. */
  #checkTogether({ author, changes }: ChangeLine, { hosts }: Known): void {
    const written = changes.filter(({ action }) => action !== 'DELETE').map(({ record }) => record);
    const isForced = changes.some(({ action }) => action === 'UPSERT');
    const shareOf = new Map(
      hosts
        .filter(({ host }) => written.some(({ name }) => name === host))
        .map(({ host }) => [host, this.#zone.share(host)]),
    );
    const isForward =
      [...shareOf.values()].some((share) => share > 0) || (!isForced && written.some(isLiveMarker));
    if (!isForward) return;
    const left = hosts
      .flatMap(({ host, marker }) => [host, marker])
      .filter((name) => !written.some((record) => record.name === name));
    const rule = 'a group goes forward together';
    if (left.length > 0) this.#violate(rule, `${author} left out ${left.map(firstLabelOf).join(', ')}`);
    const shares = new Set(shareOf.values());
    if (shares.size > 1) this.#violate(rule, `${author} left ${[...shares].join('%, ')}%`);
  }

  #checkShare(
    line: ChangeLine,
    known: Known,
    { host, before, share }: { host: string; before: number; share: number },
  ): void {
    const rule = 'never above the approved stage';
    const { stages, dwellMs, approvedByHand } = this.#plan;
    const last = this.#written.get(host) ?? untouched;
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
    if (!isEarly) this.#checkSides(line, known, share);
    const dwelt = isEarly || last.share === 0 ? 0 : dwellMs;
    const lagsUntil = this.#lags.get(`${line.author} ${last.changeId}`) ?? 0;
    const readyAt = Math.max(last.insyncAt, lagsUntil) + last.ttlMs + dwelt;
    if (last.isHeld || line.at < readyAt)
      this.#violate(rule, `${line.author} wrote ${share}% before ${last.share}% had settled`);
  }

  /** A stage is left by itself only while both sides of all hosts are seen to be well. */
  #checkSides(line: ChangeLine, known: Known, share: number): void {
    const unwell = known.hosts
      .flatMap(({ host }) => [`${host} source`, `${host} target`])
      .filter((side) => this.#isKnown(this.#unwellSince.get(side), line, known));
    if (unwell.length > 0)
      this.#violate(
        'no step forward onto what is not well',
        `${line.author} wrote ${share}% with ${unwell.join(', ')} down or silent`,
      );
  }

  #checkSource(line: ChangeLine, known: Known): void {
    if (known.asked !== null) return;
    // Forced where the zone cannot be read, because the group may stand half-way.
    const mayBeHalfWay = known.hosts.length > 1 && line.changes.some(({ action }) => action === 'UPSERT');
    if (mayBeHalfWay) return;
    const dead = known.hosts.filter(({ host }) =>
      this.#isKnown(this.#deadSince.get(`${host} source`), line, known),
    );
    if (dead.length > 0)
      this.#violate(
        'the source of an automatic rollback is alive',
        `${line.author} went back to a dead source of ${dead.map(({ host }) => firstLabelOf(host)).join(', ')}`,
      );
  }

  /** True for what was so long before the write was let go of that its sender knew, unless that one slept meanwhile. */
  #isKnown(since: number | undefined, { calledAt }: ChangeLine, { wokenAt }: Known): boolean {
    const isDrowsy = wokenAt <= calledAt && calledAt - wokenAt <= drowsyMs;
    return since !== undefined && calledAt - since > knownMs && !isDrowsy;
  }

  /** Looks whether rollbacks that are owed have become true. */
  #seeRollbacks(): void {
    for (const known of this.#known.values()) {
      const { owes } = known;
      if (owes === null) continue;
      for (const host of owes.neverBack)
        if (this.#zone.isBack(host, owes.hasAlarm)) owes.neverBack.delete(host);
      if (!(owes.hasWritten || owes.hasAlarm)) continue;
      for (const host of owes.left) if (this.#zone.isBack(host, owes.hasAlarm)) owes.left.delete(host);
      if (owes.left.size === 0) known.owes = null;
    }
  }

  #apply(line: ChangeLine): void {
    for (const { host, marker } of this.#plan.hosts) {
      const isAt = (name: string): boolean => line.changes.some(({ record }) => record.name === name);
      if (isAt(host)) this.#edited.set(host, { author: line.author, at: line.at });
      if (isAt(host) || isAt(marker)) this.#writers.add(line.isLate ? 'a late write' : line.author);
    }
    this.#zone.apply(line.changes);
  }

  #violate(rule: string, what: string): void {
    this.#violations.push({ rule, what, line: this.#line });
  }
}

function newcomer(
  { intents, migration, hosts }: LogLine & { kind: 'begins' },
  planned: readonly HostNames[],
): Known {
  return {
    intents: new Set(intents),
    migration,
    hosts: planned.filter(({ host }) => hosts.includes(host)),
    asked: null,
    words: new Set(),
    endedAt: -Infinity,
    owes: null,
    hasGoneBack: false,
    wokenAt: -Infinity,
  };
}
