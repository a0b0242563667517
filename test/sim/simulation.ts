import type { ProviderFailure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { isLive } from '../../src/core/phase.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import { cname, World } from '../engine/world.js';
import { Chance } from './chance.js';
import { check, type PlannedNames, type Violation } from './checker.js';
import { editAtRandom, editNames, standingMarker } from './colleague.js';
import type { LateRequest, Weather } from './hostile-zone-api.js';
import { KeptStore } from './kept-store.js';
import { groupTrouble, putBackAlone } from './group-trouble.js';
import { playedHosts, type PlayedHost } from './played-host.js';
import { dwellMs, policies, stages } from './sim-policies.js';
import { SimController, type Surroundings } from './sim-controller.js';
import { spoken } from './spoken.js';
import { describeLog, ZoneLog, type Health, type Word } from './zone-log.js';
import { intentOf } from './zone-view.js';

const secondKinds = [
  'none',
  'none',
  'same state',
  'clone',
  'old backup',
  'own migration',
  'own migration',
] as const;

type Side = 'source' | 'target';

const sides: readonly Side[] = ['source', 'target'];

const longestCalm = 60;

/** How long the zone's aliases to load balancers stay in caches. */
const aliasTtlMs = 60_000;

const markerEdits = ["another migration's marker", 'an older marker copied back'];

/** What makes a compare-and-swap of one host fail, and leaves its records ours. */
const weightEdits = ['weights moved forward', 'the target member alone changed', 'both weights zero'];

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly counts: ReadonlyMap<string, number>;
  /** What a person needs to look into it. */
  readonly story: string;
}

/**
 * One migration and everything that happens to it, drawn from its seed; judged from the log alone.
 *
 * What this cannot produce: groups of more than three hosts; an end on an alias; metrics, health checks, hooks and notifications; clocks
 * that jump; a state file that is full, broken or cut; a listing that is short without saying so; name servers that differ or lie; zones that
 * are deleted or change their id; credentials that lose a permission; real bytes on a wire; a second migration by the same controller.
 */
export async function simulate(seed: number): Promise<Outcome> {
  return new Simulation(seed).run();
}

class Simulation {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #world: World;
  readonly #log: ZoneLog;
  readonly #weather: Weather;
  readonly #late: LateRequest[] = [];
  readonly #controllers: SimController[] = [];
  /** The hosts of the first migration, all there are. */
  readonly #hosts: readonly PlayedHost[];
  readonly #markers: Map<string, string[]> = new Map();
  readonly #around: Surroundings;
  /** Until when calls to Route 53 fail, by the monotonic clock; 0 while they do not. */
  #outageUntil = 0;
  /** How often somebody does something, from 0 to 1. */
  readonly #wildness: number;
  #fair: Pick<Weather, 'change' | 'read'> = { change: 0, read: 0 };
  /** The hosts that nobody can write at present, and what Route 53 says to who tries. */
  readonly #denied: Map<string, ProviderFailure['reason']> = new Map();
  #deniedUntil = 0;
  #isCalm = false;
  /** Nobody does anything before a group's traffic moves. */
  #isQuiet = false;
  /** How often trouble comes exactly when a rollback, or a step, is about to be written. */
  readonly #ambush: number;
  /** Without one, what a controller thinks to see of others is its own mistake. */
  readonly #hasColleague: boolean;
  /** The source dies first, the target after it. */
  readonly #hasDoubleFault: boolean;
  #depth = 0;
  /** What was thrown first, wherever. */
  #crash: unknown = null;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(seed);
    this.#hosts = playedHosts(seed);
    this.#world = new World([
      ...this.#hosts.flatMap(({ originals }) => originals),
      cname('mail.example.com', 'mail.example.net.', 60),
    ]);
    const world = this.#world;
    // Enough to see whether any share reaches the target at all.
    world.samples = 2;
    this.#log = new ZoneLog(world.zones, () => 1_700_000_000_000 + world.monotonic);
    this.#wildness = this.#chance.pick(this.#isGroup ? [0.05, 0.05, 0.2, 0.5] : [0.05, 0.2, 0.5]);
    const level = this.#chance.pick([0, 0.05, 0.2]);
    const lag = this.#chance.pick([0, 0, 0.3]);
    const meanwhile = this.#chance.pick([0, this.#wildness / 10, this.#wildness / 10]);
    this.#weather = { change: level, read: level, crash: level / 8, meanwhile, lag };
    this.#ambush = this.#chance.pick(this.#isGroup ? [0.1, 0.3, 0.8] : [0, 0, 0.3, 0.8]);
    this.#hasColleague = this.#chance.happens(0.7);
    this.#hasDoubleFault = this.#chance.happens(0.3);
    const { ...around } = {
      world,
      log: this.#log,
      chance: this.#chance,
      weather: this.#weather,
      late: this.#late,
      denied: this.#denied,
    };
    this.#around = { ...around, meanwhile: (controller, call) => this.#meanwhile(controller, call) };
  }

  async run(): Promise<Outcome> {
    const { policy: picked, approvedByHand } = this.#chance.pick(policies);
    // What was an alias has no TTL to end with, and the usual one is longer than a run.
    const policy = this.#isGroup ? { ...picked, finalTtlSeconds: 1 } : picked;
    const standing = this.#world.zones.records(this.#world.zoneId) ?? [];
    const plan = await this.#world.plan({ policy, hosts: this.#hosts.map(({ move }) => move) });
    if (this.#isGroup)
      for (const kind of new Set(this.#hosts.map((host) => host.kind)))
        this.#chance.count(`a group with ${kind}`);
    try {
      await this.#begin('A', plan);
      await this.#live();
      await this.#calmDown();
    } catch (error) {
      this.#crash ??= error;
    }
    const alone = this.#isGroup ? putBackAlone(this.#log.lines, this.#hosts) : 0;
    if (alone > 0) this.#chance.count('a host of a group is put back by itself');
    const names: PlannedNames = {
      hosts: this.#hosts,
      stages,
      approvedByHand,
      dwellMs,
      insyncMs: 1_000,
    };
    const found = check(this.#log, names, standing);
    const line = this.#log.lines.length - 1;
    const violations =
      this.#crash === null
        ? found
        : [...found, { rule: 'nothing throws', what: String((this.#crash as Error).stack), line }];
    const { counts } = this.#chance;
    const first = violations[0];
    const upTo = this.#log.lines.slice(0, (first?.line ?? line) + 1);
    const story = [
      `seed ${this.#seed}: SHIFT_SIM_SEED=${this.#seed} npx vitest run --project unit test/sim`,
      ...violations.map(({ rule, what }) => `  ${rule}: ${what}`),
      describeLog(upTo, process.env['SHIFT_SIM_SEED'] === undefined ? 30 : 300),
    ].join('\n');
    return { violations, counts, story };
  }

  /** A migration begins under a controller of its own. */
  async #begin(author: string, plan: MigrationPlan): Promise<void> {
    const store = new KeptStore();
    const controller = new SimController(author, { id: plan.id, store }, this.#around);
    const hosts = plan.hosts.map(({ host }) => host);
    const standing = this.#world.zones.records(this.#world.zoneId) ?? [];
    const intents = this.#hosts
      .filter(({ host }) => hosts.some((planned) => planned === host))
      .flatMap(({ marker }) => intentOf(standing.find(({ name }) => name === marker)) ?? []);
    this.#log.add(author, { kind: 'begins', migration: plan.id, hosts, intents });
    const begun = await controller.migrations.begin(plan);
    if (!begun.ok) throw new Error('a fresh state takes a plan');
    this.#controllers.push(controller);
  }

  /** Everything that can go wrong does, for a while. */
  async #live(): Promise<void> {
    const trouble = this.#isGroup ? groupTrouble(this.#chance, this.#hosts) : [];
    const seconds = Math.max(this.#chance.between(5, 45), trouble.at(-1)?.at ?? 0);
    const kind = this.#chance.pick(secondKinds);
    const secondAt = this.#chance.between(2, seconds);
    const deadAt = this.#hasDoubleFault ? this.#chance.between(8, 40) : Infinity;
    const bothAt = deadAt + this.#chance.between(5, 15);
    // The first stage waits until nothing keeps the alias any more; a run in which everything else waits for that shows little.
    const sleepAt = this.#hosts.some(({ kind }) => kind === 'an alias')
      ? this.#chance.between(3, 6)
      : Infinity;
    // Most groups that end before they have begun to move show nothing that a single host would not.
    const quietUntil = trouble.length > 0 && this.#chance.happens(0.7) ? (trouble[0]?.at ?? 0) : 0;
    for (let second = 0; second < seconds; second += 1) {
      this.#isQuiet = second < quietUntil;
      if (second >= secondAt && kind !== 'none' && this.#controllers.length < 2)
        await this.#secondController(kind);
      if (second === deadAt) this.#becomes('source', 'failed', this.#someHost());
      if (second === bothAt) this.#becomes('target', 'failed', this.#someHost());
      for (const { at, host, side, health } of trouble) if (second === at) this.#becomes(side, health, host);
      if (second === sleepAt) this.#world.pass(aliasTtlMs);
      const isAlone =
        (second >= deadAt && second <= bothAt) ||
        (second >= (trouble[0]?.at ?? Infinity) && second <= (trouble.at(-1)?.at ?? 0));
      if (!isAlone && !this.#isQuiet && this.#chance.happens(this.#wildness)) await this.#somethingHappens();
      await this.#second(0.9);
    }
  }

  /** Who is there looks, most of the time; then a second passes. */
  async #second(attention: number): Promise<void> {
    this.#noteMarker();
    this.#endOutage();
    const order = this.#chance.happens(0.5) ? this.#controllers : [...this.#controllers].reverse();
    for (const controller of order) if (this.#chance.happens(attention)) await controller.tick();
    await this.#catchUp();
    this.#world.pass(1_000);
    this.#land();
  }

  /**
   * A look that began inside a call of another controller runs on when that one has waited long enough for its own call. Nothing here waits
   * for anything real, so without a turn of the event loop its next sleep would last for ever, and its controller would never look again.
   */
  async #catchUp(): Promise<void> {
    if (this.#controllers.some(({ isBusy }) => isBusy)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Nobody reaches Route 53 for a while, not even to read. */
  #beginOutage(): void {
    if (this.#outageUntil > 0) return;
    this.#chance.count('Route 53 is out of reach');
    this.#outOfReach(this.#chance.between(3, 20), { change: 1, read: 1 });
  }

  #outOfReach(seconds: number, weather: Partial<Weather>): void {
    this.#outageUntil = this.#world.monotonic + seconds * 1_000;
    this.#fair = { change: this.#weather.change, read: this.#weather.read };
    Object.assign(this.#weather, weather);
  }

  #endOutage(): void {
    if (this.#deniedUntil > 0 && this.#world.monotonic >= this.#deniedUntil) {
      this.#denied.clear();
      this.#deniedUntil = 0;
    }
    if (this.#outageUntil === 0 || this.#world.monotonic < this.#outageUntil) return;
    this.#outageUntil = 0;
    Object.assign(this.#weather, this.#fair);
  }

  /** A side of one host, or of all. */
  #becomes(side: Side, health: Health, only: PlayedHost | null = null): void {
    const { healthOf } = this.#world;
    for (const { host } of only === null ? this.#hosts : []) healthOf.delete(`${host} ${side}`);
    if (only === null) this.#world.health[side] = health;
    else healthOf.set(`${only.host} ${side}`, health);
    this.#chance.count(only === null ? `the ${side} is ${health}` : `the ${side} of one host is ${health}`);
    this.#log.add('the world', { kind: 'side', side, host: only?.host ?? null, health });
  }

  #healthOf({ host }: PlayedHost, side: Side): Health {
    const { health, healthOf } = this.#world;
    return healthOf.get(`${host} ${side}`) ?? health[side];
  }

  /** One host of a group, or null for all of them. */
  #someHost(): PlayedHost | null {
    return this.#isGroup && this.#chance.happens(0.6) ? this.#chance.pick(this.#hosts) : null;
  }

  get #isGroup(): boolean {
    return this.#hosts.length > 1;
  }

  /** The worst moment: the guard is about to go back, or a step is about to be written. */
  #ambushed(busy: SimController, call: string): void {
    if (call === 'before change' && !busy.isGoingBack && this.#hasColleague) {
      if (this.#chance.happens(this.#ambush / 4, 'another marker right before a write'))
        this.#edit(markerEdits);
      return;
    }
    if (!busy.isGoingBack || this.#deniedUntil > 0 || !this.#chance.happens(this.#ambush)) return;
    if (this.#isGroup && this.#chance.happens(0.6)) {
      this.#ambushGroup();
      return;
    }
    const what = this.#chance.between(0, 2);
    if (what === 0 && this.#hasColleague) {
      this.#chance.count('another marker while the guard goes back');
      this.#edit(markerEdits);
    } else if (what === 1 && this.#outageUntil === 0) {
      this.#chance.count('the source dies while the guard goes back');
      this.#becomes('source', 'failed');
      this.#outOfReach(this.#chance.between(12, 40), { change: 1 });
    } else if (what === 2 && this.#outageUntil === 0) {
      this.#chance.count('listings fail while the guard goes back');
      this.#outOfReach(this.#chance.between(3, 20), { read: 1 });
    }
  }

  /** The group cannot go back as one: a host is edited or may not be written, or its source dies. */
  #ambushGroup(): void {
    const host = this.#chance.pick(this.#hosts);
    const what = this.#chance.between(0, 3);
    if (what === 0 && this.#hasColleague) {
      this.#chance.count('other weights while the guard goes back');
      this.#edit(weightEdits);
    } else if ((what === 1 || what === 2) && this.#denied.size === 0) {
      this.#chance.count('the source of one host dies while the guard goes back');
      this.#becomes('source', 'failed', host);
      this.#deny(this.#hosts, this.#chance.pick(['unavailable', 'throttled', 'denied'] as const), 12, 40);
    } else if (what === 3 && this.#denied.size === 0) {
      this.#chance.count('one host may not be written');
      this.#deny([host], 'denied', 3, 20);
    }
  }

  /** Nobody may write these hosts for so many seconds. */
  #deny(hosts: readonly PlayedHost[], reason: ProviderFailure['reason'], least: number, most: number): void {
    for (const { host } of hosts) this.#denied.set(host, reason);
    this.#deniedUntil = this.#world.monotonic + this.#chance.between(least, most) * 1_000;
  }

  #noteMarker(): void {
    for (const at of this.#hosts) {
      const text = standingMarker(this.#world, at);
      const texts = this.#markers.get(at.marker) ?? [];
      if (text !== '' && texts.at(-1) !== text) this.#markers.set(at.marker, [...texts, text]);
    }
  }

  #land(): void {
    const due = this.#late.filter(({ dueAt }) => dueAt <= this.#world.monotonic);
    for (const request of due) {
      this.#late.splice(this.#late.indexOf(request), 1);
      const before = this.#log.lines.length;
      request.land();
      this.#chance.count(
        this.#log.lines.slice(before).some(({ kind }) => kind === 'change')
          ? 'a late write that lands'
          : 'a late write that is refused',
      );
    }
  }

  /** In the middle of a call: time passes, somebody edits, another controller looks. */
  async #meanwhile(busy: SimController, call: string): Promise<void> {
    this.#endOutage();
    if (this.#isCalm || this.#isQuiet) return;
    this.#ambushed(busy, call);
    if (call === 'before records') return;
    const before = this.#world.monotonic;
    await this.#interrupt(busy);
    if (this.#world.monotonic > before) this.#log.add(busy.author, { kind: 'woken' });
  }

  async #interrupt(busy: SimController): Promise<void> {
    if (!this.#chance.happens(this.#weather.meanwhile)) return;
    const what = this.#chance.between(0, 9);
    if (what < 4 && this.#hasColleague) this.#edit();
    else if (what < 5) {
      this.#chance.count('a process that stalls for three minutes');
      this.#world.pass(181_000);
      this.#land();
    } else if (what < 7) {
      this.#world.pass(this.#chance.between(1, 5_000));
      this.#land();
    }
    const other = this.#controllers.find((controller) => !controller.isBusy);
    if (what < 3 || other === undefined || other === busy || this.#depth > 0) return;
    this.#chance.count('two controllers at the same instant');
    this.#depth += 1;
    try {
      await other.tick();
    } catch (error) {
      // Thrown on, it would be a state file that fails to the controller whose call this is, and no more than that.
      this.#crash ??= error;
    } finally {
      this.#depth -= 1;
    }
  }

  #edit(names: readonly string[] = editNames): void {
    const { files } = this.#world;
    const bench = {
      world: this.#world,
      chance: this.#chance,
      hosts: this.#hosts,
      markers: this.#markers,
      files,
    };
    this.#log.as('a colleague', () => editAtRandom(bench, names));
  }

  /** Something happens between two looks. */
  async #somethingHappens(): Promise<void> {
    const { silent, zones } = this.#world;
    const what = this.#chance.between(0, 19);
    if (what < 5) {
      if (this.#hasColleague) this.#edit();
      return;
    }
    if (what < 9) return this.#operate();
    if (what < 15) {
      const side = this.#chance.pick(['source', 'target', 'target'] as const);
      const found = this.#chance.pick([
        'ok',
        'ok',
        'failed',
        'failed',
        'failed',
        'silent',
        'unknown',
      ] as const);
      this.#becomes(side, found, this.#someHost());
      const areDead = (host: PlayedHost): boolean =>
        sides.every((one) => this.#healthOf(host, one) === 'failed');
      if (this.#hosts.some(areDead)) this.#chance.count('both sides fail');
    } else if (what < 16) {
      if (silent.size > 0) silent.clear();
      else silent.add(this.#chance.pick(['ns-1.lab', 'ns-2.lab', 'ns-3.lab']));
      this.#chance.count('a name server falls silent or speaks again');
    } else if (what < 17) {
      const isHeld = this.#chance.happens(0.3, 'changes that do not travel');
      if (isHeld) zones.holdPropagation();
      else zones.releasePropagation();
      this.#log.add('Route 53', { kind: 'propagation', isHeld });
    } else if (what < 18) {
      this.#chance.count('nobody looks for a minute');
      this.#world.pass(60_000);
    } else if (what < 19) {
      this.#beginOutage();
      if (this.#chance.happens(0.5, 'the target fails while Route 53 is out of reach'))
        this.#becomes('target', 'failed', this.#someHost());
    } else {
      for (const side of sides) this.#becomes(side, 'ok');
    }
  }

  /** A second controller: over the same state, over a copy of it, over an old backup, or with a migration of its own. */
  async #secondController(kind: (typeof secondKinds)[number]): Promise<void> {
    const [first] = this.#controllers;
    if (first === undefined) return;
    if (kind === 'own migration') {
      const { policy } = (await first.state()).plan;
      const hosts = this.#hostsToTake().map(({ move }) => move);
      const plan = await this.#world.tryPlan({ policy, hosts });
      if (!plan.ok) return;
      await this.#begin('C', plan.value);
    } else if (kind === 'same state') {
      this.#controllers.push(new SimController('A', { id: first.id, store: first.store }, this.#around));
    } else {
      const { boundaries } = first.store;
      const entries = kind === 'clone' ? boundaries.at(-1) : this.#chance.pick(boundaries);
      const store = await first.store.copy(entries ?? 1);
      const kept = await store.read(first.id, 0);
      const intents = kept.flatMap(({ event }) => (event.type === 'intent-opened' ? [event.intent.id] : []));
      const hosts = this.#hosts.map(({ host }) => host);
      this.#log.add('B', { kind: 'begins', migration: first.id, hosts, intents });
      this.#controllers.push(new SimController('B', { id: first.id, store }, this.#around));
    }
    this.#chance.count(`a second controller with ${kind}`);
  }

  /** Whose migration comes later may move a part of a group only. */
  #hostsToTake(): readonly PlayedHost[] {
    if (!this.#isGroup || this.#chance.happens(0.5)) return this.#hosts;
    return [this.#chance.pick(this.#hosts)];
  }

  /** An operator says something at random, reasonable or not. */
  async #operate(): Promise<void> {
    const controller = this.#chance.pick(this.#controllers);
    const words: readonly Word[] = [
      ...(['pause', 'resume', 'approve', 'promote', 'promote', 'promote', 'leap', 'finalize'] as const),
      ...(['rollback', 'adopt', 'adopt', 'restore', 'forget'] as const),
    ];
    const isSourceDead = this.#hosts.some((host) => this.#healthOf(host, 'source') === 'failed');
    const isTargetWell = this.#hosts.every((host) => this.#healthOf(host, 'target') === 'ok');
    const isLeap = isSourceDead && isTargetWell && this.#chance.happens(0.5);
    await this.#say(controller, isLeap ? 'leap' : this.#chance.pick(words));
  }

  async #say(controller: SimController, word: Word): Promise<boolean> {
    const { author, id } = controller;
    if (controller.isBusy) return false;
    this.#log.add(author, { kind: 'said', word });
    this.#chance.count(`somebody asks to ${word}`);
    const done = await controller.live((migrations, signal) => spoken(migrations, id, word, signal));
    if (done?.ok === true) this.#chance.count(`somebody says ${word}`);
    else if (done === null && word === 'rollback' && !goesBack(await controller.state()))
      this.#log.add(author, { kind: 'lost', word });
    // A process that died over it may have stored the word all the same.
    else if (done !== null && done.error.reason !== 'provider')
      this.#log.add(author, { kind: 'refused', word });
    return done?.ok === true;
  }

  /** Everything works again; what is under way lands, people answer, and every controller comes to an end or a stable halt. */
  async #calmDown(): Promise<void> {
    const { silent, zones } = this.#world;
    this.#isCalm = true;
    this.#outageUntil = 0;
    Object.assign(this.#weather, { change: 0, read: 0, crash: 0, meanwhile: 0, lag: 0 });
    for (const side of sides) this.#becomes(side, 'ok');
    this.#denied.clear();
    silent.clear();
    zones.releasePropagation();
    this.#log.add('Route 53', { kind: 'propagation', isHeld: false });
    const isPatient = this.#chance.happens(0.3);
    const longest = this.#hosts.some(({ kind }) => kind === 'an alias') ? 2 * longestCalm : longestCalm;
    for (let second = 0; second < longest; second += 1) {
      await this.#second(1);
      if (second % 4 !== 3) continue;
      if (await this.#isStable(isPatient, second > longest / 2)) return this.#epilogue();
    }
    const phases = await Promise.all(this.#controllers.map(async (one) => (await one.state()).phase));
    throw new Error(`no end after ${longest} s of calm: ${JSON.stringify(phases)}`);
  }

  /** Answers what waits for a person, unless this one leaves it to others for ever. True when nothing is left to come. */
  async #isStable(isPatient: boolean, isLate: boolean): Promise<boolean> {
    let isStable = this.#late.length === 0;
    for (const controller of this.#controllers) {
      const state = await controller.state();
      if (!isLive(state.phase)) continue;
      const word = isPatient ? null : this.#answer(state, isLate);
      if (word !== null) await this.#say(controller, word);
      if (!(isPatient && restsFor(state)) && !(isLate && state.phase.phase === 'draining')) isStable = false;
    }
    return isStable;
  }

  #answer(state: MigrationState, isLate: boolean): Word | null {
    const { phase, pause } = state;
    if (phase.phase === 'halted' && isLate) return 'rollback';
    if (phase.phase === 'halted')
      return this.#chance.pick(['rollback', 'adopt', 'adopt', 'restore'] as const);
    if (pause !== null) return 'resume';
    // Where somebody took the marker away, no name server ever shows it; people are told to look and to roll back again.
    if (phase.phase === 'draining' && this.#chance.happens(0.2)) return 'rollback';
    return phase.phase === 'waiting' ? this.#chance.pick(['approve', 'resume', 'rollback'] as const) : null;
  }

  /** What may be asked of a migration that has ended. */
  async #epilogue(): Promise<void> {
    const [first] = this.#controllers;
    if (first === undefined) return;
    if (this.#chance.happens(0.1)) await this.#say(first, 'restore');
    else if (this.#chance.happens(0.1)) await this.#say(first, 'rollback');
    else if (this.#chance.happens(0.1)) {
      this.#world.pass(8 * 24 * 3_600_000);
      await this.#say(first, 'forget');
    }
    for (let second = 0; second < 10; second += 1) await this.#second(1);
    for (const controller of this.#controllers) this.#chance.count(endOf(await controller.state()));
  }
}

/** True where only a person can bring it further. */
function restsFor({ phase, pause }: MigrationState): boolean {
  return ['halted', 'waiting', 'draining'].includes(phase.phase) || pause !== null;
}

function goesBack({ phase }: MigrationState): boolean {
  return !isLive(phase) || phase.phase === 'rolling-back' || phase.phase === 'draining';
}

function endOf({ phase }: MigrationState): string {
  if (phase.phase === 'halted') return `halted: ${phase.cause}`;
  return phase.phase === 'rolled-back' ? `rolled-back by ${phase.by}` : phase.phase;
}
