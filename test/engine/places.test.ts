import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import type { MigrationPlan } from '../../src/core/plan.js';
import { hostName, type RecordName } from '../../src/core/record-name.js';
import { instant } from '../../src/core/time.js';
import { Controller } from '../../src/engine/controller.js';
import { cname, herokuTarget, policyOf, policyText, providerFailure, value, World } from './world.js';

const signal = new AbortController().signal;
setMaxListeners(0, signal);

/** Many migrations of one host each, and metrics that hang for some of them. */
class Crowd {
  readonly world = new World();
  readonly ids: string[] = [];
  /** Whose next collections never end; each call is kept with what would end it. */
  readonly hanging = new Set<string>();
  readonly held: { readonly id: string; readonly signal: AbortSignal; readonly end: () => void }[] = [];
  readonly ticked: string[] = [];
  readonly failed: string[] = [];
  readonly controller: Controller;

  constructor() {
    this.world.metrics = {
      ...this.world.metrics,
      prepare: () => undefined,
      collect: (state, stop) =>
        this.hanging.has(state.plan.id) ? this.hang(state, stop) : Promise.resolve([]),
    };
    this.controller = new Controller(this.world.engine, {
      ticked: (id) => void this.ticked.push(id),
      skipped: (id, { message }) => void this.failed.push(`${id}: ${message}`),
      failed: (id, error) => void this.failed.push(`${id}: ${String(error)}`),
    });
  }

  static async of(count: number): Promise<Crowd> {
    const crowd = new Crowd();
    const plan = await crowd.world.plan({ policy: policyOf(policyText.replace('dwell: 6s', 'dwell: 1h')) });
    for (let index = 0; index < count; index += 1)
      await crowd.add(plan, `h${index}.example.com`, `m${index}`);
    return crowd;
  }

  /** Wakes the controller every second. */
  async seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second += 1) {
      this.world.pass(1_000);
      await this.controller.wake(signal);
      await this.settle();
    }
  }

  /** Lets everything happen that does not wait for time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** An operator's process that was killed right after it had recorded what is wanted. */
  async leaveRollback(id: string): Promise<void> {
    const at = instant(this.world.now);
    const entries = await this.world.journal(id);
    const event: Event = { type: 'rollback-requested', at, by: 'operator', who: 'ann', because: 'a test' };
    const step = { migrationId: id, events: [event], at, live: true, epoch: null };
    value(await this.world.store.append({ ...step, expectedSequence: entries.length }));
  }

  async hostOf(id: string): Promise<string[]> {
    const row = (await this.world.store.list()).find((other) => other.id === id);
    return this.world.standing(row?.hosts[0] ?? '');
  }

  private hang({ plan: { id } }: MigrationState, stop: AbortSignal): Promise<never[]> {
    return new Promise((resolve) => this.held.push({ id, signal: stop, end: () => resolve([]) }));
  }

  private async add(plan: MigrationPlan, name: string, id: string): Promise<void> {
    const host: RecordName = value(hostName(name));
    this.world.write([{ action: 'CREATE', record: cname(name, herokuTarget, 5) }]);
    const [only] = plan.hosts;
    const originals = plan.originals.map((image) => ({
      host,
      records: image.records.map((record) => ({ ...record, name: host })),
      marker: [],
    }));
    value(await this.world.migrations.begin({ ...plan, id, hosts: [{ ...only!, host }], originals }));
    this.ids.push(id);
  }
}

function count(ids: readonly string[], id: string): number {
  return ids.filter((other) => other === id).length;
}

describe('ticks that hang', () => {
  test('of eight migrations delay a ninth once by half a minute, and then no more', async () => {
    const crowd = await Crowd.of(9);
    const [ninth = '', ...others] = crowd.ids;
    for (const id of others) crowd.hanging.add(id);
    await crowd.seconds(32);
    expect(count(crowd.ticked, ninth)).toBeGreaterThan(0);
    const begun = count(crowd.ticked, ninth);
    await crowd.seconds(300);
    expect(count(crowd.ticked, ninth) - begun).toBeGreaterThan(295);
    expect(crowd.failed).toEqual([]);
  });

  test('are given up, told to stop and tried again, three times and no more', async () => {
    const crowd = await Crowd.of(1);
    const [id = ''] = crowd.ids;
    crowd.hanging.add(id);
    await crowd.seconds(900);
    expect(crowd.held.map(({ signal: given }) => given.aborted)).toEqual([true, true, true]);
    expect(crowd.world.warnings).toHaveLength(3);
    expect(crowd.world.warnings[0]).toMatch(/^m0: its tick has not ended for 2m.*; trying again$/);
    expect(crowd.world.warnings[2]).toContain('restart this process');
    expect(crowd.controller.ages()).toMatchObject([{ id, isOverdue: true, hanging: 3 }]);
  });

  test('that end at last change nothing, and the migration goes on as if they had never been', async () => {
    const crowd = await Crowd.of(1);
    const [id = ''] = crowd.ids;
    await crowd.seconds(4);
    crowd.hanging.add(id);
    await crowd.seconds(200);
    crowd.hanging.clear();
    await crowd.seconds(400);
    const journal = (await crowd.world.journal(id)).length;
    const ticks = crowd.ticked.length;
    for (const { end } of crowd.held.slice(0, 1)) end();
    await crowd.settle();
    expect(crowd.controller.ages()).toMatchObject([{ isOverdue: false, hanging: 1 }]);
    expect({ journal: (await crowd.world.journal(id)).length, ticks: crowd.ticked.length }).toEqual({
      journal,
      ticks,
    });
  });

  test('do not keep the process from its end', async () => {
    const crowd = await Crowd.of(2);
    for (const id of crowd.ids) crowd.hanging.add(id);
    await crowd.seconds(1);
    expect(crowd.controller.abandon()).toBe(2);
    await crowd.controller[Symbol.asyncDispose]();
  });

  test('do not keep one tick of all from the others, and are counted', async () => {
    const crowd = await Crowd.of(20);
    for (const id of crowd.ids.slice(0, 10)) crowd.hanging.add(id);
    expect(await crowd.controller.tickAll(signal)).toBe(10);
    expect(new Set(crowd.ticked)).toEqual(new Set(crowd.ids.slice(10)));
  });
});

describe('a rollback', () => {
  test('that another process began and left has a tick at once, although all places are taken', async () => {
    const crowd = await Crowd.of(12);
    await crowd.seconds(15);
    const [id = '', ...others] = crowd.ids;
    crowd.ticked.length = 0;
    for (const other of others) crowd.hanging.add(other);
    await crowd.seconds(1);
    await crowd.leaveRollback(id);
    await crowd.seconds(1);
    expect(await crowd.hostOf(id)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('does not wait for a tick of its own migration that hangs', async () => {
    const crowd = await Crowd.of(1);
    const [id = ''] = crowd.ids;
    await crowd.seconds(15);
    crowd.hanging.add(id);
    await crowd.seconds(2);
    await crowd.leaveRollback(id);
    await crowd.seconds(3);
    expect(await crowd.hostOf(id)).toEqual([`CNAME ${herokuTarget} 2`]);
  });

  test('goes on for as long as it takes, and keeps no other migration from its ticks', async () => {
    const crowd = await Crowd.of(9);
    await crowd.seconds(15);
    crowd.world.faults.failChange = providerFailure('unavailable');
    for (const id of crowd.ids.slice(0, 8)) await crowd.leaveRollback(id);
    crowd.ticked.length = 0;
    await crowd.seconds(4);
    expect(new Set(crowd.ticked)).toEqual(new Set(crowd.ids.slice(8)));
    // Their pauses make this world's time pass: the ninth is late by now, and they are not.
    const goingBack = crowd.controller.ages().filter(({ phase }) => phase === 'rolling-back');
    expect(goingBack.map(({ isOverdue }) => isOverdue)).toEqual(Array(8).fill(false));
  });
});

test('a tick of all goes past one that fails', async () => {
  const crowd = await Crowd.of(3);
  const [broken = ''] = crowd.ids;
  const { store } = crowd.world;
  const read = store.read.bind(store);
  store.read = (id, after) => (id === broken ? Promise.reject(new Error('it is damaged')) : read(id, after));
  await crowd.controller.tickAll(signal);
  expect(new Set(crowd.ticked)).toEqual(new Set(crowd.ids.slice(1)));
  expect(crowd.failed).toEqual([`${broken}: Error: it is damaged`]);
  expect(crowd.controller.ages().find(({ id }) => id === broken)).toMatchObject({
    phase: 'unreadable',
    isOverdue: true,
  });
});
