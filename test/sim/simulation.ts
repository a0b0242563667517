import type { MigrationState } from '../../src/core/migration-state.js';
import { isLive } from '../../src/core/phase.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import type { Policy } from '../../src/core/policy/policy.js';
import type { Result } from '../../src/core/result.js';
import type { Migrations } from '../../src/engine/migrations.js';
import {
  albTarget,
  cname,
  herokuTarget,
  operator,
  policyOf,
  policyText,
  World,
  www,
} from '../engine/world.js';
import { marker } from '../engine/zone-edits.js';
import { Chance } from './chance.js';
import { check, type PlannedNames, type Violation } from './checker.js';
import { editAtRandom, editNames, standingMarker } from './colleague.js';
import type { LateRequest, Weather } from './hostile-zone-api.js';
import { KeptStore } from './kept-store.js';
import { SimController, type Surroundings } from './sim-controller.js';
import { describeLog, ZoneLog, type Word } from './zone-log.js';

const stages = [10, 50, 100];
const dwellMs = 1_000;
const quick = policyText
  .replace('[10, 25, 50, 100]', JSON.stringify(stages))
  .replace('dwell: 6s', 'dwell: 1s')
  .replace('bake: 10s', 'bake: 1s')
  .replace('ttl: 2s', 'ttl: 1s')
  .replace('tail: 1s', 'tail: 0s')
  .replace('failed: 3 of 6', 'failed: 2 of 4')
  .replace('maxHold: 30s', 'maxHold: 6s');

const policies: readonly { readonly policy: Policy; readonly approvedByHand: readonly number[] }[] = [
  { policy: policyOf(quick), approvedByHand: [] },
  {
    policy: policyOf(
      quick.replace('10, 50', '10, 50').replace('maxHold: 6s', 'maxHold: 6s, onAsk: rollback'),
    ),
    approvedByHand: [],
  },
  {
    policy: policyOf(quick.replace('[10,50,100]', '[10, {share: 50, approve: true}, 100]')),
    approvedByHand: [50],
  },
];

const secondKinds = [
  'none',
  'none',
  'same state',
  'clone',
  'old backup',
  'own migration',
  'own migration',
] as const;

const longestCalm = 60;

const markerEdits = ["another migration's marker", 'an older marker copied back'];

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly counts: ReadonlyMap<string, number>;
  /** What a person needs to look into it. */
  readonly story: string;
}

/**
 * One migration and everything that happens to it, drawn from its seed; judged from the log alone.
 *
 * What this cannot produce: several hosts, or sources and targets other than CNAMEs; metrics, health checks, hooks and notifications; clocks
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
  readonly #markers: string[] = [];
  readonly #around: Surroundings;
  /** Until when calls to Route 53 fail, by the monotonic clock; 0 while they do not. */
  #outageUntil = 0;
  /** How often somebody does something, from 0 to 1. */
  readonly #wildness: number;
  #fair: Pick<Weather, 'change' | 'read'> = { change: 0, read: 0 };
  #isCalm = false;
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
    this.#world = new World([
      cname(www, herokuTarget, 1),
      cname('mail.example.com', 'mail.example.net.', 60),
    ]);
    const world = this.#world;
    // Enough to see whether any share reaches the target at all.
    world.samples = 2;
    this.#log = new ZoneLog(world.zones, () => 1_700_000_000_000 + world.monotonic);
    this.#wildness = this.#chance.pick([0.05, 0.2, 0.5]);
    const level = this.#chance.pick([0, 0.05, 0.2]);
    const lag = this.#chance.pick([0, 0, 0.3]);
    const meanwhile = this.#chance.pick([0, this.#wildness / 10, this.#wildness / 10]);
    this.#weather = { change: level, read: level, crash: level / 8, meanwhile, lag };
    this.#ambush = this.#chance.pick([0, 0, 0.3, 0.8]);
    this.#hasColleague = this.#chance.happens(0.7);
    this.#hasDoubleFault = this.#chance.happens(0.3);
    const { ...around } = {
      world,
      log: this.#log,
      chance: this.#chance,
      weather: this.#weather,
      late: this.#late,
    };
    this.#around = { ...around, meanwhile: (controller, call) => this.#meanwhile(controller, call) };
  }

  async run(): Promise<Outcome> {
    const { policy, approvedByHand } = this.#chance.pick(policies);
    const standing = this.#world.zones.records(this.#world.zoneId) ?? [];
    const plan = await this.#world.plan({ policy });
    try {
      await this.#begin('A', plan);
      await this.#live();
      await this.#calmDown();
    } catch (error) {
      this.#crash ??= error;
    }
    const names: PlannedNames = {
      hosts: [{ host: www, marker }],
      source: herokuTarget,
      target: albTarget,
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
    const found = / intent=([^ ]+)/.exec(standingMarker(this.#world))?.[1];
    this.#log.add(author, {
      kind: 'begins',
      migration: plan.id,
      intents: found === undefined ? [] : [found],
    });
    const begun = await controller.migrations.begin(plan);
    if (!begun.ok) throw new Error('a fresh state takes a plan');
    this.#controllers.push(controller);
  }

  /** Everything that can go wrong does, for a while. */
  async #live(): Promise<void> {
    const seconds = this.#chance.between(5, 45);
    const kind = this.#chance.pick(secondKinds);
    const secondAt = this.#chance.between(2, seconds);
    const deadAt = this.#hasDoubleFault ? this.#chance.between(8, 40) : Infinity;
    const bothAt = deadAt + this.#chance.between(5, 15);
    for (let second = 0; second < seconds; second += 1) {
      if (second >= secondAt && kind !== 'none' && this.#controllers.length < 2)
        await this.#secondController(kind);
      if (second === deadAt) this.#becomes('source', 'failed');
      if (second === bothAt) this.#becomes('target', 'failed');
      const isAlone = second >= deadAt && second <= bothAt;
      if (!isAlone && this.#chance.happens(this.#wildness)) await this.#somethingHappens();
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
    if (this.#outageUntil === 0 || this.#world.monotonic < this.#outageUntil) return;
    this.#outageUntil = 0;
    Object.assign(this.#weather, this.#fair);
  }

  #becomes(side: 'source' | 'target', health: World['health']['source']): void {
    this.#world.health[side] = health;
    this.#chance.count(`the ${side} is ${health}`);
    this.#log.add('the world', { kind: 'side', side, isAlive: health !== 'failed' });
  }

  /** The worst moment: the guard is about to go back, or a step is about to be written. */
  #ambushed(busy: SimController, call: string): void {
    if (call === 'before change' && !busy.isGoingBack && this.#hasColleague) {
      if (this.#chance.happens(this.#ambush / 4, 'another marker right before a write'))
        this.#edit(markerEdits);
      return;
    }
    if (!busy.isGoingBack || !this.#chance.happens(this.#ambush)) return;
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

  #noteMarker(): void {
    const text = standingMarker(this.#world);
    if (text !== '' && this.#markers.at(-1) !== text) this.#markers.push(text);
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
    if (this.#isCalm) return;
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
    const bench = { world: this.#world, chance: this.#chance, markers: this.#markers, files };
    this.#log.as('a colleague', () => editAtRandom(bench, names));
  }

  /** Something happens between two looks. */
  async #somethingHappens(): Promise<void> {
    const { health, silent, zones } = this.#world;
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
      this.#becomes(side, found);
      if (health.source === 'failed' && health.target === 'failed') this.#chance.count('both sides fail');
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
        this.#becomes('target', 'failed');
    } else {
      for (const side of ['source', 'target'] as const) this.#becomes(side, 'ok');
    }
  }

  /** A second controller: over the same state, over a copy of it, over an old backup, or with a migration of its own. */
  async #secondController(kind: (typeof secondKinds)[number]): Promise<void> {
    const [first] = this.#controllers;
    if (first === undefined) return;
    if (kind === 'own migration') {
      const { policy } = (await first.state()).plan;
      const plan = await this.#world.tryPlan({ policy });
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
      this.#log.add('B', { kind: 'begins', migration: first.id, intents });
      this.#controllers.push(new SimController('B', { id: first.id, store }, this.#around));
    }
    this.#chance.count(`a second controller with ${kind}`);
  }

  /** An operator says something at random, reasonable or not. */
  async #operate(): Promise<void> {
    const controller = this.#chance.pick(this.#controllers);
    const words: readonly Word[] = [
      ...(['pause', 'resume', 'approve', 'promote', 'promote', 'promote', 'leap', 'finalize'] as const),
      ...(['rollback', 'adopt', 'adopt', 'restore', 'forget'] as const),
    ];
    const { health } = this.#world;
    const isLeap = health.source === 'failed' && health.target === 'ok' && this.#chance.happens(0.5);
    await this.#say(controller, isLeap ? 'leap' : this.#chance.pick(words));
  }

  async #say(controller: SimController, word: Word): Promise<boolean> {
    const { author, id } = controller;
    if (controller.isBusy) return false;
    this.#log.add(author, { kind: 'said', word });
    this.#chance.count(`somebody asks to ${word}`);
    const done = await controller.live((migrations, signal) => said(migrations, id, word, signal));
    if (done?.ok === true) this.#chance.count(`somebody says ${word}`);
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
    for (const side of ['source', 'target'] as const) this.#becomes(side, 'ok');
    silent.clear();
    zones.releasePropagation();
    this.#log.add('Route 53', { kind: 'propagation', isHeld: false });
    const isPatient = this.#chance.happens(0.3);
    for (let second = 0; second < longestCalm; second += 1) {
      await this.#second(1);
      if (second % 4 !== 3) continue;
      if (await this.#isStable(isPatient, second)) return this.#epilogue();
    }
    const phases = await Promise.all(this.#controllers.map(async (one) => (await one.state()).phase));
    throw new Error(`no end after ${longestCalm} s of calm: ${JSON.stringify(phases)}`);
  }

  /** Answers what waits for a person, unless this one leaves it to others for ever. True when nothing is left to come. */
  async #isStable(isPatient: boolean, second: number): Promise<boolean> {
    let isStable = this.#late.length === 0;
    for (const controller of this.#controllers) {
      const state = await controller.state();
      if (!isLive(state.phase)) continue;
      const isLate = second > longestCalm / 2;
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

function said(
  migrations: Migrations,
  id: string,
  word: Word,
  signal: AbortSignal,
): Promise<Result<unknown, { readonly reason: string }>> {
  switch (word) {
    case 'pause':
    case 'resume':
      return migrations[word](id, operator);
    case 'approve':
      return migrations.approve(id, operator);
    case 'promote':
      return migrations.promote(id, operator, { to: null, override: false });
    case 'leap':
      return migrations.promote(id, operator, { to: 100, override: true });
    case 'finalize':
      return migrations.finalize(id, operator, false);
    case 'rollback':
      return migrations.rollBack(id, operator, signal);
    case 'adopt':
    case 'restore':
    case 'forget':
      return proposed(migrations, id, word);
  }
}

async function proposed(
  migrations: Migrations,
  id: string,
  verb: 'adopt' | 'restore' | 'forget',
): Promise<Result<unknown, { readonly reason: string }>> {
  const proposal = await migrations.propose(id, verb);
  return proposal.ok ? migrations.carryOut(proposal.value, operator) : proposal;
}

/** True where only a person can bring it further. */
function restsFor({ phase, pause }: MigrationState): boolean {
  return ['halted', 'waiting', 'draining'].includes(phase.phase) || pause !== null;
}

function endOf({ phase }: MigrationState): string {
  if (phase.phase === 'halted') return `halted: ${phase.cause}`;
  return phase.phase === 'rolled-back' ? `rolled-back by ${phase.by}` : phase.phase;
}
